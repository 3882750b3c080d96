"""The one listener for presses of buttons and for modals that are sent.

They are answered from their custom_id alone, so that they work after a restart too.
discord.py's dynamic items would do the same for buttons, but not for modals, they hide
errors, and they need globals to reach a use case.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import discord
from discord.ext import commands

from bot.errors import Refused
from cogs.drawing.custom_ids import kind_of
from cogs.typed_text import has_broken_text

Press = TypeVar("Press")

Fields = Mapping[str, str]
"""What each field of a modal was left with, by its custom_id; no empty ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Press]):
    """What answers the custom_ids of one kind."""

    read: Callable[[str], Press | None]
    """Reads a custom_id; None if it is none of ours after all."""
    on_press: Callable[[discord.Interaction, Press], Awaitable[None]]
    on_submit: Callable[[discord.Interaction, Press, Fields], Awaitable[None]] | None
    """Answers the modal that the button opens; None = it opens none."""


Routes = Mapping[str, Route[Any]]
"""Routes by the kind of custom_id, its second word."""


class Presses(commands.Cog):
    """Hands each press and each modal to the route of its kind.

    Raises:
        ValueError: If two routes are for the same kind.
    """

    def __init__(self, tables: Iterable[Routes]) -> None:
        super().__init__()
        self._routes: dict[str, Route[Any]] = {}
        for table in tables:
            for kind, route in table.items():
                if kind in self._routes:
                    msg = f"two routes for {kind}"
                    raise ValueError(msg)
                self._routes[kind] = route

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer what is ours; leave commands, and all that is not, alone.

        Raises:
            Refused: If something typed into a form cannot be stored.
        """
        sent: dict[str, Any] = dict(interaction.data or {})
        custom_id = str(sent.get("custom_id", ""))
        route = self._routes.get(kind_of(custom_id))
        press = None if route is None else route.read(custom_id)
        if route is None or press is None:
            return
        if interaction.type is discord.InteractionType.component:
            await route.on_press(interaction, press)
        elif (
            interaction.type is discord.InteractionType.modal_submit and route.on_submit
        ):
            if has_broken_text(sent):
                raise Refused("refused-text-broken")
            fields = sent_fields(sent.get("components", ()))
            await route.on_submit(interaction, press, fields)


def sent_fields(components: Iterable[Mapping[str, Any]]) -> Fields:
    """Return the fields of a modal from what Discord sent of it."""
    return dict(_fields(components))


def _fields(components: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for component in components:
        inner = component.get("components") or [component.get("component") or {}]
        yield from _fields(one for one in inner if one)
        values = component.get("values") or [component.get("value")]
        if "custom_id" in component and values[0] is not None:
            yield str(component["custom_id"]), str(values[0])
