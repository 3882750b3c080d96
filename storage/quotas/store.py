"""Stores quotas' settings. Implements `bot.quotas.ports`."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.ids import GuildId, UserId
from bot.quotas.limits import UNSET, LimitSet, Scope
from bot.quotas.rules import QuotaFacts
from bot.quotas.settings import (
    AdminAction,
    GrantChanged,
    GuildQuotas,
    LimitsChanged,
    MadeVideo,
    Target,
)
from bot.servers.audit import member_subject
from storage.database.engine import Database
from storage.privacy import pseudonyms
from storage.quotas import facts, limit_rows, made
from storage.quotas.entries import entry_of
from storage.quotas.resets import SqlResets
from storage.quotas.usage import of_member, whose
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.quotas import LedgerKind, counts, ledger
from storage.tables.servers import guilds as guild_rows

_GRANTED = (
    select(ledger.c.user_id, func.sum(ledger.c.grants))
    .where(ledger.c.guild_id == bindparam("of_guild"), of_member(), counts("grants"))
    .group_by(ledger.c.user_id)
)
_SET = update(guild_rows).where(guild_rows.c.guild_id == bindparam("of_guild"))


class SqlQuotaStore:
    """Implements `bot.quotas.ports.QuotaStore` on a database that is lent to it."""

    def __init__(self, database: Database, *, with_spending: bool) -> None:
        self._database = database
        self._with_spending = with_spending
        self._resets = SqlResets(database)

    async def facts(
        self,
        guild_id: GuildId,
        user_id: UserId,
        role_ids: Collection[int],
        at: datetime,
    ) -> QuotaFacts:
        def read(connection: Connection) -> QuotaFacts:
            return facts.quota_facts(
                connection,
                guild_id,
                user_id,
                role_ids=frozenset(role_ids),
                at=at,
                zone=guilds.zone(connection, guild_id),
                with_spending=self._with_spending,
            )

        return await self._database.read(read)

    async def settings(self, guild_id: GuildId) -> GuildQuotas:
        def read(connection: Connection) -> GuildQuotas:
            found = limit_rows.of_guild(connection, guild_id)
            return GuildQuotas(
                zone=guilds.zone(connection, guild_id),
                prices=guilds.prices(connection, guild_id),
                server=found.get(Target(scope=Scope.SERVER), UNSET),
                members=found.get(Target(scope=Scope.MEMBERS), UNSET),
                roles={
                    target.subject_id: limits
                    for target, limits in found.items()
                    if target.scope is Scope.ROLE
                },
                members_with_own=sum(target.scope is Scope.MEMBER for target in found),
                limits_credits=any(limits.any_credits for limits in found.values()),
            )

        return await self._database.read(read)

    async def set_limits(
        self, admin_action: AdminAction, target: Target, limits: LimitSet
    ) -> LimitsChanged:
        def write(connection: Connection) -> LimitsChanged:
            guilds.hold(connection, admin_action.guild_id)
            before = limit_rows.get(connection, admin_action.guild_id, target)
            after = limits.over(before)
            limit_rows.put(connection, admin_action.guild_id, target, after)
            changed = LimitsChanged(before=before, after=after)
            self._note_limits(connection, admin_action, "quota.limits", target, changed)
            return changed

        return await self._database.write(write)

    async def clear_limits(
        self, admin_action: AdminAction, target: Target
    ) -> LimitsChanged:
        def write(connection: Connection) -> LimitsChanged:
            guilds.hold(connection, admin_action.guild_id)
            before = limit_rows.get(connection, admin_action.guild_id, target)
            limit_rows.remove(connection, admin_action.guild_id, target)
            changed = LimitsChanged(before=before, after=UNSET)
            self._note_limits(connection, admin_action, "quota.clear", target, changed)
            return changed

        return await self._database.write(write)

    async def set_zone(self, admin_action: AdminAction, zone: str) -> str:
        def write(connection: Connection) -> str:
            before = guilds.hold(connection, admin_action.guild_id)
            connection.execute(_SET, {"of_guild": admin_action.guild_id, "zone": zone})
            record_audit(
                connection,
                entry_of(
                    admin_action,
                    "quota.timezone",
                    "server",
                    {"zone": before},
                    {"zone": zone},
                ),
            )
            return before

        return await self._database.write(write)

    async def grant(
        self,
        admin_action: AdminAction,
        user_id: UserId,
        videos: int,
        reason: str | None,
    ) -> GrantChanged:
        def write(connection: Connection) -> GrantChanged:
            guilds.hold(connection, admin_action.guild_id)
            of = whose(pseudonyms.key_in(connection), admin_action.guild_id, user_id)
            left = _granted(connection, of)
            before = sum(left.values())
            granted = max(videos, -before)
            # What they were granted before they were forgotten is taken back from
            # under their pseudonym.
            own = max(granted, -left.get(user_id, 0))
            for name, part in ((user_id, own), (of["of_pseudonym"], granted - own)):
                if part:
                    connection.execute(
                        insert(ledger), _grant_row(admin_action, name, part)
                    )
            changed = GrantChanged(before=before, after=before + granted)
            record_audit(
                connection,
                entry_of(
                    admin_action,
                    "quota.grant",
                    member_subject(user_id),
                    {"left": changed.before},
                    {"left": changed.after, "granted": granted},
                    reason,
                ),
            )
            return changed

        return await self._database.write(write)

    async def reset(self, admin_action: AdminAction, user_id: UserId | None) -> int:
        return await self._resets.reset(admin_action, user_id)

    async def made(
        self, guild_id: GuildId, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[MadeVideo]]:
        after = made.FROM_THE_START
        while True:
            page = await self._database.read(
                lambda connection, after=after: made.page(  # type: ignore[misc]
                    connection, guild_id, since, until, after
                )
            )
            if page.videos:
                yield page.videos
            if page.last is None:
                return
            after = page.last

    def _note_limits(
        self,
        connection: Connection,
        admin_action: AdminAction,
        action: str,
        target: Target,
        changed: LimitsChanged,
    ) -> None:
        before, after = changed.before.given(), changed.after.given()
        record_audit(
            connection, entry_of(admin_action, action, target.subject, before, after)
        )


def _granted(connection: Connection, of: Mapping[str, int]) -> dict[int, int]:
    """Return how many granted videos are left, under each of a member's names."""
    return {name: left for name, left in connection.execute(_GRANTED, of)}  # noqa: C416 - rows are no pairs


def _grant_row(admin_action: AdminAction, user_id: int, granted: int) -> dict[str, Any]:
    return {
        "guild_id": admin_action.guild_id,
        "user_id": user_id,
        "kind": LedgerKind.GRANT,
        "videos": 0,
        "own_videos": 0,
        "grants": granted,
        "counted_at": admin_action.at,
        "at": admin_action.at,
    }
