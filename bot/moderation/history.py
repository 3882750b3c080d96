"""What was done in a server, for its moderators: page by page, or as a table."""

import asyncio
import codecs
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.export_files import Export, ExportFile
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

    async def table(
        self, actor: Actor, days: int, *, most_bytes: int
    ) -> Sequence[ExportFile]:
        """Return the entries of the last days as CSV in UTF-8, oldest first.

        In several files where one would be larger than `most_bytes`.
        """
        require_moderator(actor)
        start = self._clock.now() - timedelta(days=days)
        export = Export("clapper-audit", "csv", AuditTable(), most_bytes=most_bytes)
        async for rows in self._trail.since(actor.guild_id, start):
            await asyncio.to_thread(export.add, "audit", rows)
        return await asyncio.to_thread(export.finish)


class AuditTable:
    """Audit entries as a table that no spreadsheet reads as formulas.

    Implements `bot.export_files.Layout`.
    """

    between = b""

    def begin(self) -> bytes:
        """Begin with a byte order mark, and the names of the columns.

        Without the mark a common spreadsheet takes UTF-8 for something else.
        """
        return codecs.BOM_UTF8 + _line(_COLUMNS)

    def open(self, section: str) -> bytes:  # noqa: ARG002 - there is one only
        """Add nothing."""
        return b""

    def row(self, row: AuditRow) -> bytes:
        """Return a line."""
        entry = row.entry
        return _line(
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

    def close(self, *, is_empty: bool) -> bytes:  # noqa: ARG002 - there is one only
        """Add nothing."""
        return b""

    def end(self) -> bytes:
        """Add nothing."""
        return b""


def _line(cells: Sequence[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _values(values: Mapping[str, object] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False)
