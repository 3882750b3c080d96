from typing import Any

import pytest

from bot.errors import Refused
from bot.ids import new_job_id
from bot.jobs.video import Aspect, Mode
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, JobPress, MessageKind, job_press
from cogs.presses import sent_fields
from cogs.videos.edit_modal import EditModal, edited
from tests import offers
from tests.factories import make_request
from tests.languages import LOCALES

PLAIN = offers.PLAIN.first.text
BETA = offers.BETA.first.text


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


@pytest.mark.parametrize("profile", [PLAIN, BETA], ids=lambda one: one.id)
@pytest.mark.parametrize("locale", LOCALES)
async def test_the_modal_is_fit_to_open(
    texts: Texts, locale: str, profile: Any
) -> None:
    job_id = new_job_id()
    request = make_request(prompt="x" * 4000)
    modal = EditModal(texts, locale, job_id, MessageKind.CLIP, request, profile)
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
        mode=Mode.FUN, duration_s=12, aspect=Aspect.TALL, quality="480p"
    )
    modal = EditModal(texts, "de", new_job_id(), MessageKind.NOTICE, request, BETA)

    assert preselected(modal, "mode") == ["fun"]
    assert preselected(modal, "duration") == ["12"]
    assert preselected(modal, "aspect") == ["9:16"]
    assert preselected(modal, "quality") == ["480p"]
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

    request = edited(make_request(quality=None), sent_fields(sent))

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

    changed = edited(request, sent_fields(sent))

    assert changed.prompt == "a fox"
    assert (changed.mode, changed.duration_s, changed.aspect) == (
        Mode.SPICY,
        10,
        Aspect.SQUARE,
    )


def test_a_missing_prompt_is_empty_and_so_refused_later() -> None:
    assert edited(make_request(), sent_fields([])).prompt == ""


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
        edited(make_request(), sent_fields([PROMPT, forged]))
