"""The main promise: what was asked for is what is posted, byte for byte."""

from itertools import product

import pytest

from bot.demo.stage import Stage
from tests.e2e.channel import ask, ask_everywhere, posted, posts, refusal, settled

MODES = ("fun", "normal")
DURATIONS_S = (6, 10)
ASPECTS = ("16:9", "9:16", "1:1", "3:2", "2:3")


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_each_combination_is_delivered_byte_for_byte(stage: Stage) -> None:
    """Twenty clips at once, each with its own shape and length."""
    orders = list(product(MODES, DURATIONS_S, ASPECTS))

    statuses = await ask_everywhere(
        stage,
        [
            {
                "prompt": f"order {number:02}",
                "mode": mode,
                "duration": duration_s,
                "aspect": aspect,
            }
            for number, (mode, duration_s, aspect) in enumerate(orders)
        ],
    )
    clips = await posts(stage, len(orders))

    by_order = {
        number: message
        for number in range(len(orders))
        for message in clips
        if f"order {number:02}" in message.text
    }
    for number, (mode, duration_s, aspect) in enumerate(orders):
        message = by_order[number]
        (video,) = message.videos
        assert video.data == stage.evolink.clip_bytes(aspect, duration_s)
        assert mode in message.text
        assert message.pinged == {stage.world.member.id}
    assert stage.evolink.paid_tasks == len(orders)
    for status in statuses:
        assert "https://" in await settled(stage, status)
    assert len(posted(stage)) == len(orders)


async def test_the_request_reaches_evolink_as_it_was_typed(stage: Stage) -> None:
    """No rewriting, no fields that the model does not have."""
    prompt = 'Ein "Fuchs"\nim *Schnee* @everyone 🦊 \\ <b>'
    await ask(stage, prompt, mode="fun", duration=10, aspect="2:3")
    await posts(stage, 1)

    (create,) = [r for r in stage.evolink.requests if r.method == "POST"][:1]
    assert create.body == {
        "model": "grok-imagine-text-to-video",
        "prompt": prompt,
        "mode": "fun",
        "duration": 10,
        "aspect_ratio": "2:3",
    }


@pytest.mark.thorough
async def test_spicy_is_refused_with_a_clear_sentence(stage: Stage) -> None:
    sentence = await refusal(stage, "anything", mode="spicy")

    assert "spicy" in sentence.lower()
    assert stage.evolink.paid_tasks == 0
    assert posted(stage) == []
