"""Every option of every model at its edges, against the stand-in's own table.

That was written from EvoLink's pages by itself: what one of the two has wrong shows.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import RequestRefused
from bot.evolink.wire import video_json
from bot.ids import new_submit_key
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest, request_fault
from bot.jobs.video_settings import NOTHING_CHOSEN
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile
from tests.evolink.pair import CREATE, Pair, Start
from tests.pictures.samples import jpeg

PICTURE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
PROFILES = [*(model.text for model in MODELS.values()), *PICTURE_PROFILES.values()]
each_profile = pytest.mark.parametrize(
    "profile", PROFILES, ids=lambda one: f"{one.id}{'+' if one.picture else ''}"
)


def usual(profile: ModelProfile, **chosen: Any) -> VideoRequest:
    request = NOTHING_CHOSEN.request("a fox", profile)
    picture = None if profile.picture is None else PICTURE
    return replace(request, picture=picture, **chosen)


def at_the_edges(profile: ModelProfile) -> Iterator[VideoRequest]:
    """Yield a request for each value that stands at an edge, or is one of few."""
    yield usual(profile)
    yield usual(profile, prompt="x")
    yield usual(profile, prompt="x" * profile.most_prompt_chars)
    if profile.prompt_optional:
        yield usual(profile, prompt="")
    for seconds in (profile.durations_s[0], profile.durations_s[-1]):
        yield usual(profile, duration_s=seconds)
    for mode in profile.modes:
        if mode is not Mode.SPICY or profile.picture is None:
            yield usual(profile, mode=mode)
    for quality in profile.qualities:
        yield usual(profile, quality=quality)
    for aspect in profile.aspects:
        yield usual(profile, aspect=aspect)
    if profile.sound is not None:
        yield usual(profile, sound=True)
        yield usual(profile, sound=False)


async def uploaded(pair: Pair, profile: ModelProfile, aspect: Aspect) -> str | None:
    """Return where a fitting picture lies, for a model that takes one."""
    if profile.picture is None:
        return None
    width, height = profile.picture.exact_sizes.get(aspect, (640, 360))
    name = f"clapper-{aspect.name}.jpg"
    file = await pair.files.upload(name, jpeg(width, height), "image/jpeg")
    return file.url


@each_profile
async def test_each_option_is_taken_at_its_edges(
    start: Start, profile: ModelProfile
) -> None:
    """And what arrives is the body, byte for byte."""
    pair = await start()
    sent = []
    for request in at_the_edges(profile):
        assert request_fault(request, profile) is None
        url = await uploaded(pair, profile, request.aspect)
        await pair.client.create(request, key=new_submit_key(), picture_url=url)
        body = video_json(request, profile, callback_url=None, picture_url=url)
        sent.append(json.dumps(body, sort_keys=True).encode())

    received = [one.raw for one in pair.evolink.requests if one.path == CREATE]
    assert received == sent
    assert pair.evolink.paid_tasks == len(sent)


@each_profile
async def test_a_clip_is_made_of_what_was_asked(
    start: Start, profile: ModelProfile
) -> None:
    pair = await start()
    request = usual(profile)
    url = await uploaded(pair, profile, request.aspect)

    accepted = await pair.client.create(request, key=new_submit_key(), picture_url=url)
    pair.evolink.clock.advance(200)
    ended = await pair.client.task(accepted.task_id)

    assert accepted.model == profile.id
    assert ended.failure is None
    assert ended.result_url is not None


@each_profile
async def test_a_repeated_request_is_the_same_one(
    start: Start, profile: ModelProfile
) -> None:
    pair = await start()
    request, key = usual(profile), new_submit_key()
    url = await uploaded(pair, profile, request.aspect)

    first = await pair.client.create(request, key=key, picture_url=url)
    second = await pair.client.create(request, key=key, picture_url=url)

    assert second.task_id == first.task_id
    assert pair.evolink.paid_tasks == 1


def beyond(profile: ModelProfile) -> Iterator[VideoRequest]:
    """Yield a request for each value just beyond what the model takes."""
    least, most = profile.durations_s[0], profile.durations_s[-1]
    for seconds in {least - 1, most + 1} - {0}:
        yield usual(profile, duration_s=seconds)
    yield usual(profile, quality="360p")
    if profile.aspects:
        others = set(Aspect) - set(profile.aspects)
        # Wan's page speaks of one more than its list has.
        yield from (usual(profile, aspect=one) for one in sorted(others))
    if not profile.prompt_optional:
        yield usual(profile, prompt="")


@each_profile
async def test_what_is_beyond_them_is_refused_here_and_there(
    start: Start, profile: ModelProfile
) -> None:
    pair = await start()
    for request in beyond(profile):
        assert request_fault(request, profile) is not None
        url = await uploaded(pair, profile, request.aspect)
        with pytest.raises(RequestRefused):
            await pair.client.create(request, key=new_submit_key(), picture_url=url)

    assert pair.evolink.paid_tasks == 0


@each_profile
def test_what_a_model_has_no_word_for_is_refused_before_it_is_paid(
    profile: ModelProfile,
) -> None:
    """The body would leave it out, and the clip would not be what was asked for."""
    if profile.picture is not None:
        spicy = usual(profile, mode=Mode.SPICY)
        assert request_fault(spicy, profile) is not None
    if not profile.modes:
        for mode in (Mode.FUN, Mode.SPICY):
            assert request_fault(usual(profile, mode=mode), profile) is not None
    if profile.sound is None:
        assert request_fault(usual(profile, sound=True), profile) is not None
    if not profile.aspects:
        tall = usual(profile, aspect=Aspect.TALL)
        assert request_fault(tall, profile) is not None
