"""One listener takes every press and every modal to the handler of its kind."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

import discord
import pytest
from discord.ext import commands

import cogs
from bot.ids import new_job_id
from cogs.drawing.custom_ids import Act, JobPress, MessageKind, job_button, job_press
from cogs.presses import Fields, Presses, Route, Routes
from tests.cogs.payloads import make_interaction

COMPONENT, MODAL = 3, 5
JOB_ID = new_job_id()


class Notes:
    """Takes notes of what reaches it."""

    def __init__(self) -> None:
        self.pressed: list[JobPress] = []
        self.submitted: list[tuple[JobPress, Mapping[str, str]]] = []

    def routes(self) -> Routes:
        return {
            Act.EDIT: Route(
                read=job_press, on_press=self._on_press, on_submit=self._on_submit
            ),
            Act.AGAIN: Route(read=job_press, on_press=self._on_press, on_submit=None),
        }

    async def _on_press(self, _: discord.Interaction, press: JobPress) -> None:
        self.pressed.append(press)

    async def _on_submit(
        self, _: discord.Interaction, press: JobPress, sent: Fields
    ) -> None:
        self.submitted.append((press, sent))


@pytest.fixture
def notes() -> Notes:
    return Notes()


async def hear(notes: Notes, kind: int, custom_id: str, *components: Any) -> None:
    data: dict[str, Any] = {"custom_id": custom_id, "components": list(components)}
    if kind == COMPONENT:
        data |= {"component_type": 2}
    interaction = make_interaction(type=kind, data=data)
    await Presses([notes.routes()]).on_interaction(interaction)


async def test_a_press_reaches_the_handler_of_its_kind(notes: Notes) -> None:
    await hear(notes, COMPONENT, job_button(Act.AGAIN, JOB_ID, MessageKind.CLIP))

    assert notes.pressed == [
        JobPress(act=Act.AGAIN, job_id=JOB_ID, message_kind=MessageKind.CLIP)
    ]


async def test_a_modal_brings_what_was_typed_into_it(notes: Notes) -> None:
    field = {"custom_id": "prompt", "type": 4, "value": "a fox"}
    await hear(
        notes,
        MODAL,
        job_button(Act.EDIT, JOB_ID, MessageKind.CLIP),
        {"type": 18, "component": field},
    )

    ((press, sent),) = notes.submitted
    assert press.act is Act.EDIT
    assert sent == {"prompt": "a fox"}
    assert notes.pressed == []


@pytest.mark.parametrize(
    ("kind", "custom_id"),
    [
        (COMPONENT, "clapper:edit:not-a-job:clip"),
        (COMPONENT, f"clapper:delete:{JOB_ID}:clip"),
        (COMPONENT, f"another:edit:{JOB_ID}:clip"),
        (COMPONENT, ""),
        (MODAL, f"clapper:again:{JOB_ID}:clip"),
    ],
    ids=["no job", "kind without a handler", "not ours", "empty", "modal of no modal"],
)
async def test_what_nobody_handles_is_left_alone(
    notes: Notes, kind: int, custom_id: str
) -> None:
    await hear(notes, kind, custom_id)

    assert notes.pressed == []
    assert notes.submitted == []


def test_two_handlers_of_one_kind_are_an_error(notes: Notes) -> None:
    with pytest.raises(ValueError, match="two routes for edit"):
        Presses([notes.routes(), notes.routes()])


def test_no_other_cog_listens_for_interactions() -> None:
    for module in pkgutil.walk_packages(cogs.__path__, "cogs."):
        importlib.import_module(module.name)
    ours = {*commands.Cog.__subclasses__(), *commands.GroupCog.__subclasses__()}
    listening = {
        cog
        for cog in ours
        if any(event == "on_interaction" for event, _ in cog.__cog_listeners__)
    }

    assert len(ours) > len(listening)
    assert listening == {Presses}
