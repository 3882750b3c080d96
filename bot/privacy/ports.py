"""What privacy needs from storage. Declarations only."""

from collections.abc import AsyncIterator, Sequence, Set as AbstractSet
from datetime import datetime
from typing import Protocol

from bot.ids import GuildId, UserId
from bot.processes.shards import KnownShards


class PrivacyStore(Protocol):
    """What is stored about one person. Implemented by `storage.privacy.store`."""

    def everything_about(
        self, user_id: UserId
    ) -> AsyncIterator[tuple[str, Sequence[str]]]:
        """Read all rows about a person, each as a JSON object, some at a time.

        With the name of their table: each comes at least once, maybe without rows, and
        not again after another.
        """
        ...

    async def forget(self, user_id: UserId, at: datetime) -> int | None:
        """Erase a person's prompts and user id; return of how many jobs.

        The ledger keeps a keyed pseudonym, so that what was used still counts this
        month. Blocks stay. Notices that are due are no longer posted; status messages
        still get their last line, of nobody. Returns None, with nothing changed, if a
        job is still open. Where there is much, it takes several transactions: what a
        crash leaves is for `Unfinished`.
        """
        ...


class Unfinished(Protocol):
    """What was begun in portions, and a crash has left. Implemented in storage."""

    async def finish_begun(self, before: datetime) -> int:
        """Go on with what was begun before then; return how many there were.

        What somebody else still goes on with is done only once.
        """
        ...


class Memberships(Protocol):
    """Which servers the bot is in. Implemented by `cogs.wire.servers`."""

    async def is_in(self, guild_id: GuildId) -> bool:
        """Return whether the bot is in a server.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        ...


class RetentionStore(Protocol):
    """Erases what has been kept for long enough. Implemented in `storage.privacy`.

    What erases or ends something returns how many rows it concerned.
    """

    async def erase_prompts(self, before: datetime, limit: int) -> int:
        """Erase the prompts of jobs that ended before then, and reports' reasons.

        At most `limit` of each; returns the larger of the two numbers.
        """
        ...

    async def erase_audit(self, before: datetime, limit: int) -> int:
        """Delete audit rows from before then, and blocks that were over by then."""
        ...

    async def end_pseudonyms(self, before: datetime) -> int:
        """Take the pseudonyms off ledger rows that count before then."""
        ...

    async def departed(self, before: datetime) -> Sequence[GuildId]:
        """Return the servers that removed the bot before then, as far as is noted."""
        ...

    async def erase_departed(
        self, before: datetime, spared: AbstractSet[GuildId] = frozenset()
    ) -> int:
        """Erase all data of these servers, but for some."""
        ...

    async def note_departed(self, guild_id: GuildId, at: datetime) -> None:
        """Note that a server has removed the bot."""
        ...

    async def note_returned(self, guild_id: GuildId) -> None:
        """Note that the bot is in a server after all."""
        ...

    async def note_present(
        self, present: Sequence[GuildId], of: KnownShards, at: datetime
    ) -> None:
        """Note servers that the bot is in; all others of these shards have gone."""
        ...
