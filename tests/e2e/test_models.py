"""Several models: chosen by members, narrowed by servers, asked in their own words."""

import json
from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from sandbox.discord.invocation import File
from sandbox.evolink.files import StoredFile
from tests.e2e.channel import PATIENCE_S, ask, posted, posts, refusal, settled
from tests.e2e.conftest import UNLIMITED, OpenStage
from tests.e2e.moderated import card, let_admins_moderate, moderate
from tests.e2e.restarting import start_again
from tests.e2e.test_at_home import keep_noir, typed
from tests.factories import PICTURE_ID
from tests.pictures.samples import encoded, halves, opened

GROK, SEEDANCE, SORA = (
    "grok-imagine-text-to-video",
    "seedance-2.0-fast-text-to-video",
    "sora-2-preview",
)


def offering(*names: str) -> dict[str, str]:
    return {"CLAPPER_EVOLINK__MODELS": json.dumps(names)}


def bodies(stage: Stage) -> list[dict[str, Any]]:
    """Return the paid requests, the latest last."""
    return [
        one.body
        for one in stage.evolink.requests
        if one.method == "POST" and one.path == "/v1/videos/generations"
    ]


@pytest.fixture
async def choosing(open_world: OpenStage) -> Stage:
    """A bot that offers three models which differ in everything."""
    return await open_world(**offering(GROK, SEEDANCE, SORA))


async def test_a_model_is_asked_in_its_own_words(choosing: Stage) -> None:
    status = await ask(
        choosing,
        "a fox",
        model=SEEDANCE,
        duration=4,
        aspect="21:9",
        quality="480p",
        sound="off",
    )
    said_at_first = status.text
    (clip,) = await posts(choosing, 1)

    assert bodies(choosing) == [
        {
            "model": SEEDANCE,
            "prompt": "a fox",
            "duration": 4,
            "aspect_ratio": "21:9",
            "quality": "480p",
            "generate_audio": False,
        }
    ]
    how = "Seedance 2.0 Fast · 4 s · 21:9 · 480p · no sound"
    assert how in said_at_first
    assert how in clip.text
    (video,) = clip.videos
    assert video.data
    assert "https://" in await settled(choosing, status)


@pytest.mark.thorough
async def test_without_a_choice_the_first_model_makes_it_as_ever(
    choosing: Stage,
) -> None:
    status = await ask(choosing, "a fox")
    assert "normal · 6 s · 16:9" in status.text
    await posts(choosing, 1)

    assert bodies(choosing) == [
        {
            "model": GROK,
            "prompt": "a fox",
            "duration": 6,
            "mode": "normal",
            "aspect_ratio": "16:9",
        }
    ]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"model": SEEDANCE, "duration": 12, "mode": "fun"},
            (
                "Seedance 2.0 Fast has no modes. Leave the *mode* option out, or choose"
                " normal."
            ),
        ),
        ({"model": SORA, "duration": 6}, "Sora 2 takes 4, 8 or 12 seconds."),
        ({"model": GROK, "duration": 4}, "Grok Imagine takes 6 or 10 seconds."),
        ({"duration": 15}, "Grok Imagine takes 6 or 10 seconds."),
        (
            {"model": SORA, "aspect": "1:1"},
            "Sora 2 takes the shapes 16:9 or 9:16.",
        ),
        (
            {"model": GROK, "aspect": "21:9"},
            "Grok Imagine takes the shapes 16:9, 9:16, 1:1, 3:2 or 2:3.",
        ),
        (
            {"quality": "480p"},
            "Grok Imagine has no choice of quality. Leave the *quality* option out.",
        ),
        (
            {"model": SORA, "sound": "on"},
            (
                "You can't switch the sound of Sora 2 on or off. Leave the *sound*"
                " option out."
            ),
        ),
    ],
)
async def test_what_a_model_does_not_take_is_refused_in_one_sentence(
    choosing: Stage, options: dict[str, Any], sentence: str
) -> None:
    assert await refusal(choosing, "a fox", **options) == sentence
    assert choosing.evolink.paid_tasks == 0
    assert posted(choosing) == []


async def test_a_server_narrows_the_models(choosing: Stage) -> None:
    stage = choosing
    let_admins_moderate(stage)
    await moderate(stage, "channel", purpose="log", channel=stage.world.log)

    barred = await moderate(stage, "models", model=SORA, allowed="no")
    default = await moderate(stage, "models", model=SEEDANCE, default="yes")

    assert "Models: **Grok Imagine** (default), Seedance 2.0 Fast" in barred.text
    assert "Models not used here: Sora 2" in barred.text
    assert "Models: **Seedance 2.0 Fast** (default), Grok Imagine" in default.text
    await card(stage, stage.world.log, "removed Sora 2 from this server's models")
    await card(stage, stage.world.log, "made Seedance 2.0 Fast the default model")
    assert (
        await refusal(stage, "a fox", model=SORA)
        == "This server uses Seedance 2.0 Fast or Grok Imagine."
    )
    await ask(stage, "a fox")
    await posts(stage, 1)
    assert [one["model"] for one in bodies(stage)] == [SEEDANCE]
    assert bodies(stage)[0]["duration"] == 5


@pytest.mark.thorough
async def test_the_last_model_of_a_server_stays(choosing: Stage) -> None:
    let_admins_moderate(choosing)
    for name in (GROK, SORA):
        await moderate(choosing, "models", model=name, allowed="no")

    answer = await moderate(choosing, "models", model=SEEDANCE, allowed="no")

    assert answer.text == (
        "Seedance 2.0 Fast is the last model of this server. Allow another one first."
    )


async def test_a_member_and_a_preset_choose_models_too(choosing: Stage) -> None:
    stage = choosing
    chosen = await typed(stage, "settings set", model=SORA, aspect="9:16")
    assert "Model: **Sora 2**" in chosen.text
    assert "Length: **4 seconds** (usual)" in chosen.text
    await keep_noir(stage, model=SEEDANCE, sound="off")

    await ask(stage, "a fox")
    await posts(stage, 1)
    await ask(stage, "a fox", preset="Film noir")
    await posts(stage, 2)
    await ask(stage, "a fox", preset="Film noir", model=GROK)
    await posts(stage, 3)

    models = [(one["model"], one["aspect_ratio"]) for one in bodies(stage)]
    assert models == [(SORA, "9:16"), (SEEDANCE, "9:16"), (GROK, "9:16")]
    assert bodies(stage)[1]["generate_audio"] is False
    assert "generate_audio" not in bodies(stage)[2]


@pytest.mark.thorough
async def test_edit_changes_the_model(choosing: Stage) -> None:
    stage = choosing
    await ask(stage, "a fox", model=SORA, duration=8)
    (clip,) = await posts(stage, 1)

    handle = await stage.discord.press(stage.world.member, clip, "Edit")
    modal = (await handle.response()).modal
    answer = await (
        await stage.discord.submit_modal(
            stage.world.member,
            modal,
            {"prompt": "two foxes", "Length": "8", "Model": SEEDANCE},
        )
    ).answer()
    said_at_first = answer.text
    await posts(stage, 2)

    assert "Seedance 2.0 Fast · 8 s · 16:9" in said_at_first
    assert bodies(stage)[1] == {
        "model": SEEDANCE,
        "prompt": "two foxes",
        "duration": 8,
        "aspect_ratio": "16:9",
    }


@pytest.mark.thorough
async def test_again_under_a_clip_of_a_model_that_is_gone(choosing: Stage) -> None:
    """The default one makes it, if it takes what was asked for; else it says what."""
    stage = choosing
    await ask(stage, "a fox", model=SEEDANCE, duration=8, quality="480p")
    await ask(stage, "a fish", model=SEEDANCE, duration=5)
    clips = await posts(stage, 2)
    fox = next(one for one in clips if "a fox" in one.text)
    fish = next(one for one in clips if "a fish" in one.text)
    await stage.bot.kill()
    await start_again(stage, **UNLIMITED, **offering(SORA, GROK))

    await stage.discord.press(stage.world.member, fox, "Again")
    await posts(stage, 3)
    handle = await stage.discord.press(stage.world.member, fish, "Again")
    answer = await handle.answer()

    assert bodies(stage)[2] == {
        "model": SORA,
        "prompt": "a fox",
        "duration": 8,
        "aspect_ratio": "16:9",
    }
    assert answer.text == "Sora 2 takes 4, 8 or 12 seconds."


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_each_shipped_model_makes_a_clip(open_world: OpenStage) -> None:
    stage = await open_world(**offering(*MODELS))

    for count, (name, model) in enumerate(MODELS.items(), start=1):
        status = await ask(stage, f"order {count:02}", model=name)
        assert not status.ephemeral, status.text
        assert f"{model.text.default_duration_s} s" in status.text
        await posts(stage, count)

    assert [one["model"] for one in bodies(stage)] == list(MODELS)
    assert all(len(one.videos) == 1 for one in posted(stage))


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_a_picture_goes_to_what_each_model_makes_of_it(
    open_world: OpenStage,
) -> None:
    """To its own id for pictures, or to the one that serves the others."""
    stage = await open_world(**offering(*MODELS))
    received: list[StoredFile] = []
    stage.evolink.files.when_deleted(received.append)
    takers = [one.picture or PICTURE_PROFILES[PICTURE_ID] for one in MODELS.values()]

    for count, name in enumerate(MODELS, start=1):
        image = File(name="boat.png", data=encoded(halves(900, 700), "PNG"))
        status = await ask(stage, f"order {count:02}", model=name, image=image)
        assert not status.ephemeral, status.text
        await posts(stage, count)
    await stage.discord.wait_until(lambda: len(received) == len(MODELS), PATIENCE_S)

    asked = bodies(stage)
    assert [one["model"] for one in asked] == [one.id for one in takers]
    assert all(len(one["image_urls"]) == 1 for one in asked)
    assert [one.get("aspect_ratio") for one in asked] == [
        one.aspect_word(one.usual_aspect) if one.aspects else None for one in takers
    ]
    sizes = {opened(one.data).size for one in received}
    assert sizes == {(900, 700), (1280, 720)}
    assert stage.evolink.paid_tasks == len(MODELS)


@pytest.mark.thorough
async def test_a_model_without_pictures_says_so(open_world: OpenStage) -> None:
    stage = await open_world(
        **offering(SORA, "wan3.0-text-to-video"), CLAPPER_EVOLINK__PICTURE_MODEL=""
    )
    image = File(name="boat.png", data=encoded(halves(64, 48), "PNG"))

    sentence = await refusal(stage, "a fox", model="wan3.0-text-to-video", image=image)

    assert sentence == (
        "Wan 3.0 doesn't take pictures here. Choose another model, or leave the picture"
        " out."
    )
    assert stage.evolink.paid_tasks == 0
