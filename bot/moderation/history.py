"""What was done in a server, for its moderators: page by page, or as a table."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.ids import UserId
from bot.moderation.ports import AuditRow, AuditTrail
from bot.servers.people import Actor, require_moderator
from bot.text_files import table_cell

PAGE_SIZE = 8
_COLUMNS = ("id", "at", "actor", "action", "subject", "before", "after", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Some audit entries, newest first."""

    rows: Sequence[AuditRow]
    number: int
    """From 1."""
    pages: int
    """At least 1."""
    member: UserId | None


class History:
    """Reads the audit for moderators. Raises `NotAllowed` to anybody else."""

    def __init__(self, trail: AuditTrail, clock: Clock) -> None:
        self._trail = trail
        self._clock = clock

    async def page(
        self, actor: Actor, member: UserId | None, number: int
    ) -> HistoryPage:
        """Return a page; a number beyond the last means the last, below 1 the first."""
        require_moderator(actor)
        total = await self._trail.count(actor.guild_id, member)
        pages = max(1, -(-total // PAGE_SIZE))
        number = min(max(number, 1), pages)
        rows = await self._trail.page(
            actor.guild_id,
            member,
            limit=PAGE_SIZE,
            offset=(number - 1) * PAGE_SIZE,
        )
        return HistoryPage(rows=rows, number=number, pages=pages, member=member)

    async def table(self, actor: Actor, days: int) -> bytes:
        """Return the entries of the last days as CSV in UTF-8, oldest first."""
        require_moderator(actor)
        start = self._clock.now() - timedelta(days=days)
        return as_csv(await self._trail.since(actor.guild_id, start))


def as_csv(rows: Sequence[AuditRow]) -> bytes:
    """Return audit entries as a table that no spreadsheet reads as formulas.

    It begins with a byte order mark, without which a common spreadsheet takes UTF-8
    for something else.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for row in rows:
        entry = row.entry
        table.writerow(
            [
                row.id,
                entry.at.isoformat(),
                # With a letter before: a spreadsheet would round so long a number.
                "clapper" if entry.actor_id is None else f"member:{entry.actor_id}",
                table_cell(entry.action),
                table_cell(entry.subject or ""),
                table_cell(_values(entry.before)),
                table_cell(_values(entry.after)),
                table_cell(entry.reason or ""),
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def _values(values: Mapping[str, object] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False)
