"""Copies an installation into an empty database, and compares every row afterwards.

The copy is marked until it is complete: a program that is started on it before says so.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from itertools import zip_longest
from typing import TypeAlias

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartupError
from storage.copying.rows import Page, Row, Snapshot, snapshot
from storage.copying.target import Target
from storage.database import schema
from storage.database.address import Address
from storage.database.faults import storage_error
from storage.database.lock import file_held

Say: TypeAlias = Callable[[str], None]

SAID_EVERY = 50_000
"""Rows of one table."""
_NUL = "\0"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


async def copy(source_url: str, target_url: str, say: Say) -> None:
    """Copy all that one database holds into another that has no tables yet.

    No process may work on either, nor begin to meanwhile. What has been done so far is
    told in lines. Where this fails or is cancelled, the target stays marked as
    incomplete.

    Raises:
        AlreadyRunning: If a process works on one of them.
        StartupError: If the source is not of this program's revision, the target is
            not empty, they differ in the end, or one of them cannot be used.
    """
    source, target = Address.parse(source_url), Address.parse(target_url)
    if source.url == target.url:
        msg = "A database cannot be copied to itself: --from and --to are the same."
        raise StartupError(msg)
    await schema.require_newest(source_url)
    try:
        async with AsyncExitStack() as stack:
            for url in (source_url, target_url):
                stack.enter_context(file_held(url))
            rows = await stack.enter_async_context(snapshot(source))
            filled = await stack.enter_async_context(Target.open(target))
            copying = _Copying(rows, filled, say)
            await copying.copy_all()
            async with snapshot(target) as written:
                await copying.compare_all(written)
            await copying.complete()
    except (OSError, SQLAlchemyError) as error:
        raise _translated(error) from None


class _Copying:
    """One copy, from its first row to the comparison of all."""

    def __init__(self, source: Snapshot, target: Target, say: Say) -> None:
        self._source = source
        self._target = target
        self._say = say
        self._replaced = 0

    async def copy_all(self) -> None:
        """Copy the rows of every table."""
        for name in self._source.tables:
            rows = await self._source.count(name)
            done = 0
            async for page in self._pages(name):
                await self._target.add(name, page)
                done += len(page)
                if done % SAID_EVERY == 0 and done < rows:
                    self._say(f"{name}: {done:,} of {rows:,} rows copied")
            self._say(f"{name}: {done:,} {'row' if done == 1 else 'rows'} copied")

    async def compare_all(self, written: Snapshot) -> None:
        """Compare every row with its copy.

        Raises:
            StartupError: If one of them differs, or there are more or fewer.
        """
        compared = self._replaced = 0
        for name in self._source.tables:
            rows = 0
            async with (
                aclosing(self._pages(name)) as wanted,
                aclosing(written.pages(name)) as found,
            ):
                async for page in wanted:
                    _require_same(name, rows, page, await _next(found))
                    rows += len(page)
                _require_same(name, rows, (), await _next(found))
            compared += rows
        self._say(f"{compared:,} rows compared: all are the same")
        if self._replaced:
            self._say(
                f"{self._replaced:,} rows hold the character U+0000, which PostgreSQL"
                " does not take: in the copy it is U+FFFD"
            )

    async def complete(self) -> None:
        """Let the target be used."""
        tables = self._source.tables
        last = {name: await self._source.last_number(name) for name in tables}
        await self._target.complete(last)

    async def _pages(self, name: str) -> AsyncGenerator[Page]:
        """Yield the rows of a table as they are to be in the target."""
        async for page in self._source.pages(name):
            yield page if self._target.takes_nul else list(map(self._legal, page))

    def _legal(self, row: Row) -> Row:
        if not any(isinstance(value, str) and _NUL in value for value in row):
            return row
        self._replaced += 1
        return tuple(
            value.replace(_NUL, _REPLACEMENT) if isinstance(value, str) else value
            for value in row
        )


async def _next(pages: AsyncGenerator[Page]) -> Page:
    """Return the next page, which is empty after the last."""
    async for page in pages:
        return page
    return ()


def _require_same(name: str, before: int, wanted: Page, found: Page) -> None:
    """Raise if rows differ from their copies.

    Nothing is told of the first one but its number; so many came before these.
    """
    pairs = zip_longest(wanted, found)
    for number, (row, copied) in enumerate(pairs, start=before + 1):
        if row != copied:
            msg = (
                f"The copy is not the same: row {number:,} of {name}, in the order of"
                " its key, differs. Delete the copy, and report this."
            )
            raise StartupError(msg)


def _translated(error: Exception) -> Exception:
    """Return what an error means, without the values of rows that it may repeat."""
    meaning = storage_error(error, writing=True)
    if meaning is not None:
        return meaning
    reason = getattr(error, "orig", None) or error
    state = getattr(reason, "sqlstate", None) or ""
    return StartupError(f"The copy failed: {type(reason).__name__} {state}".strip())
