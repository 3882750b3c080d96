"""The modal that asks for a reason: of a report, or of a refusal."""

from typing import Any

import discord
from discord import ui

from bot.servers.audit import REASON_MAX_CHARS
from cogs.presses import Fields

_REASON = "reason"


class ReasonModal(ui.Modal):
    """One field for a reason. What is sent is read by `given_reason`.

    Like a view it is stopped from the start: it may be sent after a restart.
    """

    def __init__(
        self, *, title: str, label: str, custom_id: str, required: bool
    ) -> None:
        super().__init__(title=title, custom_id=custom_id)
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=_REASON,
            style=discord.TextStyle.paragraph,
            required=required,
            max_length=REASON_MAX_CHARS,
        )
        self.add_item(ui.Label(text=label, component=field))
        self.stop()


def given_reason(sent: Fields) -> str:
    """Return the reason from what was sent of the modal; may be empty."""
    return sent.get(_REASON, "")
