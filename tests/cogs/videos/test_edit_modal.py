"""Edit's form, and what is sent of it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import Refused
from bot.ids import new_job_id
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest, fitted, request_fault
from bot.jobs.video_settings import NOTHING_CHOSEN
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import Aspect, Mode
from bot.models.offer import Offer
from bot.models.profile import ModelProfile
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, JobPress, MessageKind, job_press
from cogs.presses import sent_fields
from cogs.videos.edit_modal import EditModal, edited
from tests.factories import make_request
from tests.languages import LOCALES
from tests.offers import BETA, PLAIN, SEVERAL, make_offer


def field(modal: EditModal, custom_id: str) -> dict[str, Any]:
    """Return a field of a modal as it is sent."""
    fields = [one["component"] for one in modal.to_dict()["components"]]
    return next(one for one in fields if one["custom_id"] == custom_id)


def preselected(modal: EditModal, custom_id: str) -> list[str]:
    return [
        option["value"]
        for option in field(modal, custom_id)["options"]
        if option.get("default")
    ]


def usual(offer: Offer, name: str, **chosen: Any) -> VideoRequest:
    """Return a request to a model, with the usual value for what is not chosen."""
    profile = offer.taker(offer.choose(name), with_picture=False)
    return replace(NOTHING_CHOSEN.request("a fox", profile), **chosen)


def from_picture(offer: Offer, name: str, **chosen: Any) -> VideoRequest:
    """Return a request as `usual`, for a clip that begins with a picture."""
    profile = offer.taker(offer.choose(name), with_picture=True)
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=None)
    request = NOTHING_CHOSEN.request("a fox", profile)
    return replace(request, picture=picture, **chosen)


@pytest.mark.parametrize("offer", [PLAIN, BETA], ids=lambda one: one.first.name)
@pytest.mark.parametrize("locale", LOCALES)
async def test_the_modal_is_fit_to_open(
    texts: Texts, locale: str, offer: Offer
) -> None:
    job_id = new_job_id()
    request = make_request(prompt="x" * 4000, model=offer.first.name)
    modal = EditModal(texts, locale, job_id, MessageKind.CLIP, request, offer)
    sent = modal.to_dict()

    assert 1 <= len(sent["title"]) <= 45
    assert 1 <= len(sent["components"]) <= 5
    assert all(1 <= len(label["label"]) <= 45 for label in sent["components"])
    assert field(modal, "prompt")["value"] == "x" * 4000
    assert field(modal, "prompt")["max_length"] == 4000
    for name in ("mode", "duration", "aspect"):
        assert len(field(modal, name)["options"]) <= 25
    assert job_press(sent["custom_id"]) == JobPress(
        act=Act.EDIT, job_id=job_id, message_kind=MessageKind.CLIP
    )
    assert modal.is_finished(), "discord.py would remember it"


async def test_what_was_asked_for_is_chosen_already(texts: Texts) -> None:
    request = make_request(
        mode=Mode.FUN,
        duration_s=12,
        aspect=Aspect.TALL,
        quality="480p",
        model=BETA.first.name,
    )
    modal = EditModal(texts, "de", new_job_id(), MessageKind.NOTICE, request, BETA)

    assert preselected(modal, "mode") == ["fun"]
    assert preselected(modal, "duration") == ["12"]
    assert preselected(modal, "aspect") == ["9:16"]
    assert preselected(modal, "quality") == ["480p"]
    options = {one["label"] for one in field(modal, "quality")["options"]}
    assert options == {"die des Modells", "480p", "720p"}
    labels = [one["label"] for one in modal.to_dict()["components"]]
    assert labels[1:] == ["Modus", "Dauer", "Format", "Qualität"]
    said = {one["value"]: one["label"] for one in field(modal, "aspect")["options"]}
    assert said["9:16"] == "9:16 (hoch)"


async def test_a_length_the_model_no_longer_has_must_be_chosen_again(
    texts: Texts,
) -> None:
    request = make_request(duration_s=30)
    modal = EditModal(texts, "en-US", new_job_id(), MessageKind.CLIP, request, PLAIN)

    assert preselected(modal, "duration") == []
    assert field(modal, "duration")["required"] is True


def label(custom_id: str, **sent: object) -> dict[str, Any]:
    return {"type": 18, "component": {"custom_id": custom_id, **sent}}


PROMPT = label("prompt", value="a fox")


def test_what_was_chosen_is_found_in_what_discord_sends() -> None:
    sent = [
        PROMPT,
        label("mode", value="fun"),
        label("duration", value="10"),
        label("aspect", values=["9:16"]),
    ]

    request = edited(make_request(quality=None), sent_fields(sent), PLAIN)

    assert request == make_request(
        prompt="a fox", mode=Mode.FUN, duration_s=10, aspect=Aspect.TALL
    )


@pytest.mark.parametrize(
    "sent",
    [
        [PROMPT],
        [{"type": 1, "components": [PROMPT["component"]]}],
        [PROMPT, label("mode", value=None), label("aspect", values=[])],
        [{"type": 10}, {"type": 18}, PROMPT, label("other", value="x")],
    ],
)
def test_what_is_missing_stays_as_it_was(sent: list[dict[str, Any]]) -> None:
    """A modal that an older Clapper opened has the prompt alone."""
    request = make_request(mode=Mode.SPICY, duration_s=10, aspect=Aspect.SQUARE)

    changed = edited(request, sent_fields(sent), PLAIN)

    assert changed.prompt == "a fox"
    assert (changed.mode, changed.duration_s, changed.aspect) == (
        Mode.SPICY,
        10,
        Aspect.SQUARE,
    )


def test_a_missing_prompt_is_empty_and_so_refused_later() -> None:
    assert edited(make_request(), sent_fields([]), PLAIN).prompt == ""


@pytest.mark.parametrize(
    "forged",
    [
        label("mode", value="evil"),
        label("aspect", values=["5:4"]),
        label("duration", value="six"),
        label("duration", value="-6"),
        label("duration", value="9" * 5000),
    ],
)
def test_what_is_not_to_be_chosen_is_refused(forged: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="refused-choice"):
        edited(make_request(), sent_fields([PROMPT, forged]), PLAIN)


EVERYTHING = make_offer(*MODELS, picture_id="grok-imagine-image-to-video-beta")
SORA, SEEDANCE = "sora-2-preview", "seedance-2.0-fast-text-to-video"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", MODELS)
async def test_it_is_fit_to_open_for_every_model(
    texts: Texts, locale: str, name: str
) -> None:
    request = usual(EVERYTHING, name)
    modal = EditModal(
        texts, locale, new_job_id(), MessageKind.CLIP, request, EVERYTHING
    )
    components = modal.to_dict()["components"]

    assert 2 <= len(components) <= 5
    assert all(1 <= len(label["label"]) <= 45 for label in components)
    for label in components:
        options = label["component"].get("options")
        assert options is None or 2 <= len(options) <= 25
        # What was asked for is chosen already; a quality may be the model's own.
        chosen = [one for one in options or () if one.get("default")]
        assert options is None or len(chosen) == 1


@pytest.mark.parametrize("profile", PICTURE_PROFILES.values(), ids=PICTURE_PROFILES)
async def test_it_is_fit_to_open_for_a_clip_that_begins_with_a_picture(
    texts: Texts, profile: ModelProfile
) -> None:
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=None)
    request = NOTHING_CHOSEN.request("", profile)
    request = replace(request, picture=picture)
    modal = EditModal(
        texts, "en-US", new_job_id(), MessageKind.CLIP, request, EVERYTHING
    )

    assert 2 <= len(modal.to_dict()["components"]) <= 5


async def test_many_lengths_are_typed(texts: Texts) -> None:
    request = usual(EVERYTHING, "wan3.0-text-to-video", duration_s=29)
    modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, EVERYTHING)

    assert field(modal, "duration")["value"] == "29"
    labels = [one["label"] for one in modal.to_dict()["components"]]
    assert "Dauer (2 bis 30 Sekunden)" in labels


async def test_the_model_is_offered_where_there_is_room(texts: Texts) -> None:
    def names(request: VideoRequest, offer: Offer) -> list[str]:
        modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, offer)
        labels = modal.to_dict()["components"]
        prompt, *others = (one["component"]["custom_id"] for one in labels)
        assert prompt == "prompt"
        return others

    plain = usual(PLAIN, PLAIN.first.name)
    assert names(plain, PLAIN) == ["mode", "duration", "aspect"]
    assert names(plain, SEVERAL) == ["mode", "duration", "aspect", "model"]
    assert names(usual(SEVERAL, SORA), SEVERAL) == ["duration", "aspect", "model"]
    beta = usual(EVERYTHING, BETA.first.name)
    assert names(beta, EVERYTHING) == ["mode", "duration", "aspect", "model"]
    assert names(beta, BETA) == ["mode", "duration", "aspect", "quality"]
    seedance = usual(EVERYTHING, SEEDANCE)
    assert names(seedance, EVERYTHING) == ["duration", "aspect", "quality", "model"]
    pictured = from_picture(EVERYTHING, SEEDANCE)
    assert names(pictured, EVERYTHING) == ["duration", "aspect", "picture", "model"]


async def test_one_field_has_the_models_qualities_and_the_other_models(
    texts: Texts,
) -> None:
    offer = make_offer(BETA.first.name, SEEDANCE, picture_id="")
    request = usual(offer, BETA.first.name, quality="480p")
    modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, offer)
    combined = field(modal, "model")
    beta = BETA.first.name

    assert preselected(modal, "model") == [f"{beta} 480p"]
    assert {one["label"]: one["value"] for one in combined["options"]} == {
        "Grok Imagine Beta": f"{beta} auto",
        "Grok Imagine Beta, 480p": f"{beta} 480p",
        "Grok Imagine Beta, 720p": f"{beta} 720p",
        "Seedance 2.0 Fast": SEEDANCE,
    }

    def chosen(value: str) -> VideoRequest:
        return edited(request, {"prompt": "a fox", "model": value}, offer)

    assert chosen(f"{beta} 480p") == request
    assert chosen(f"{beta} 720p") == replace(request, quality="720p")
    assert chosen(f"{beta} auto") == replace(request, quality=None)
    taken = fitted(request, MODELS[SEEDANCE].text)
    assert chosen(SEEDANCE) == taken
    assert taken.quality == "480p", "what was chosen stays where the model has it"


@pytest.mark.parametrize("forged", ["none", "none 480p", " 480p", "wan3.0 auto"])
def test_a_forged_model_beside_a_quality_is_refused(forged: str) -> None:
    request = usual(SEVERAL, SORA)

    with pytest.raises(Refused, match="refused-model"):
        edited(request, {"prompt": "a fox", "model": f"x{forged}"}, SEVERAL)


def test_a_forged_quality_is_refused_as_one_from_the_command_is() -> None:
    request = usual(SEVERAL, SEEDANCE)

    changed = edited(request, {"prompt": "a fox", "model": f"{SEEDANCE} 9k"}, SEVERAL)

    fault = request_fault(changed, MODELS[SEEDANCE].text)
    assert fault is not None
    assert fault.text_id == "refused-quality"


async def test_a_picture_s_models_are_those_that_make_the_clips(texts: Texts) -> None:
    """Kling and Wan hand pictures to another model: that one makes them, and once."""
    kling, wan = "kling-v3-turbo-text-to-video", "wan3.0-text-to-video"
    offer = make_offer(kling, wan, SORA, picture_id="grok-imagine-image-to-video-beta")
    request = from_picture(offer, wan)
    modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, offer)

    assert {one["label"] for one in field(modal, "model")["options"]} == {
        "Grok Imagine Beta",
        "Grok Imagine Beta, 480p",
        "Grok Imagine Beta, 720p",
        "Sora 2",
    }
    assert preselected(modal, "model") == [f"{kling} auto"]
    sora = edited(request, {"prompt": "a fox", "model": SORA}, offer)
    assert sora.model == SORA
    back = edited(sora, {"prompt": "a fox", "model": f"{kling} 720p"}, offer)
    assert (back.model, back.quality) == ("grok-imagine-image-to-video-beta", "720p")


def test_another_model_takes_over_what_it_knows() -> None:
    request = usual(SEVERAL, SEEDANCE, quality="480p", sound=False, duration_s=8)

    changed = edited(request, {"prompt": "a fox", "model": SORA}, SEVERAL)

    assert changed == usual(SEVERAL, SORA, duration_s=8)


def test_a_model_that_stays_changes_nothing() -> None:
    request = usual(SEVERAL, SEEDANCE, quality="480p", sound=False)

    changed = edited(request, {"prompt": "a fox", "model": SEEDANCE}, SEVERAL)

    assert changed == request


def test_a_model_that_is_not_offered_is_refused() -> None:
    request = usual(SEVERAL, SORA)

    with pytest.raises(Refused, match="refused-model"):
        edited(request, {"prompt": "a fox", "model": "wan3.0-text-to-video"}, SEVERAL)


VEO, KLING = "veo-3.1-fast-generate-preview", "kling-v3-turbo-text-to-video"


@pytest.mark.parametrize(("name", "most"), [(VEO, 2000), (KLING, 2500), (SORA, 4000)])
async def test_a_prompt_may_be_as_long_as_the_model_takes(
    texts: Texts, name: str, most: int
) -> None:
    request = usual(EVERYTHING, name)
    modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, EVERYTHING)

    assert field(modal, "prompt")["max_length"] == most


async def test_a_prompt_that_is_longer_than_its_model_takes_is_shown_whole(
    texts: Texts,
) -> None:
    request = usual(EVERYTHING, VEO, prompt="x" * 2100)
    modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, EVERYTHING)

    assert field(modal, "prompt")["value"] == "x" * 2100
    assert field(modal, "prompt")["max_length"] == 2100


async def test_a_quality_can_be_left_to_the_model_again(texts: Texts) -> None:
    request = usual(BETA, BETA.first.name, quality="480p")
    modal = EditModal(texts, "de", new_job_id(), MessageKind.CLIP, request, BETA)
    options = field(modal, "quality")["options"]
    (own,) = [one["value"] for one in options if one["value"] not in ("480p", "720p")]

    def sent(*quality: dict[str, Any]) -> str | None:
        return edited(request, sent_fields([PROMPT, *quality]), BETA).quality

    assert sent(label("quality", value=own)) is None
    assert sent(label("quality", value="720p")) == "720p"
    assert sent() == "480p"
