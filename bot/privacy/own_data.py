"""Exports and erases what is stored about a member."""

import asyncio
import json
from collections.abc import Mapping, Sequence

import structlog

from bot.clock import Clock
from bot.errors import Refused
from bot.export_files import Export, ExportFile
from bot.privacy.ports import PrivacyStore
from bot.servers.people import Actor

log = structlog.get_logger(__name__)


class Privacy:
    """Hands a person's data out, or erases it, in all servers at once."""

    def __init__(self, store: PrivacyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def export(self, actor: Actor, *, most_bytes: int) -> Sequence[ExportFile]:
        """Return all that is stored about a person, as JSON.

        In several files where one would be larger than `most_bytes`.
        """
        about = {"about": str(actor.user_id), "at": self._clock.now().isoformat()}
        export = Export(
            "clapper-my-data", "json", Document(about), most_bytes=most_bytes
        )
        async for table, rows in self._store.everything_about(actor.user_id):
            await asyncio.to_thread(export.add, table, rows)
        return await asyncio.to_thread(export.finish)

    async def forget(self, actor: Actor) -> None:
        """Erase a person's prompts and user id. It cannot be undone.

        Raises:
            Refused: While one of their jobs is open.
        """
        erased = await self._store.forget(actor.user_id, self._clock.now())
        if erased is None:
            raise Refused("refused-forget-open")
        log.info("member data erased", jobs=erased)


class Document:
    """A JSON object with some values, and then an array of rows for each table.

    A row is a line: to indent it further would take ten times as long. Implements
    `bot.export_files.Layout`.
    """

    between = b","

    def __init__(self, about: Mapping[str, str]) -> None:
        self._about = about

    def begin(self) -> bytes:
        """Begin the object with what it is about."""
        return json.dumps(self._about, indent=2).removesuffix("\n}").encode()

    def open(self, section: str) -> bytes:
        """Begin the rows of a table."""
        return f",\n  {json.dumps(section)}: [".encode()

    def row(self, row: str) -> bytes:
        """Return a row, which is a JSON object, on a line of its own."""
        return f"\n    {row}".encode()

    def close(self, *, is_empty: bool) -> bytes:
        """End the rows of a table."""
        return b"]" if is_empty else b"\n  ]"

    def end(self) -> bytes:
        """End the object."""
        return b"\n}\n"
