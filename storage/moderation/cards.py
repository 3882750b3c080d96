"""Cards to moderators: made with a request or report, due whenever that changes."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Update,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)

from bot.errors import ClaimLost
from bot.ids import ChannelId, GuildId, JobId, MessageId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.moderation.ports import CardChanges
from bot.moderation.records import Card, CardKind
from storage.database import leased_rows
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.leases import Leases
from storage.tables.moderation import cards, moderation

CARD_LEASES = Leases(cards, cards.c.id)
_IS_DUE = cards.c.due_at <= bindparam("now", type_=Instant)
_DUE = (
    select(cards)
    .where(_IS_DUE, CARD_LEASES.free)
    .order_by(cards.c.due_at)
    .limit(bindparam("at_most"))
)
_NEXT_DUE = CARD_LEASES.next_due()
_CLAIM = CARD_LEASES.claim.where(_IS_DUE)
_DATED = case(
    (
        cards.c.due_at == bindparam("was_due_at", type_=Instant),
        bindparam("now_due_at", type_=Instant),
    ),
    else_=cards.c.due_at,
)
_FINISH = CARD_LEASES.ended
_FINISH_WITH_DATE = CARD_LEASES.ended.values(due_at=_DATED)
_SETTLE = _FINISH_WITH_DATE.values(
    message_id=func.coalesce(bindparam("posted"), cards.c.message_id),
    attempts=0,
)
_ADD = insert(cards)
_REVIEW_CHANNEL = select(moderation.c.review_channel_id).where(
    moderation.c.guild_id == bindparam("of_guild")
)
_REDRAW = update(cards).where(
    cards.c.job_id == bindparam("of_job"), cards.c.kind.in_([CardKind.REVIEW])
)
_REDRAW_REPORTS = update(cards).where(
    cards.c.job_id == bindparam("of_job"),
    cards.c.kind.in_([CardKind.REPORT, CardKind.OPERATOR_REPORT]),
)


class SqlCardStore:
    """Implements `bot.moderation.ports.CardStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> Sequence[Card]:
        def work(connection: Connection) -> Sequence[Card]:
            rows = connection.execute(_DUE, {"now": now, "at_most": limit})
            return [_card_of(row) for row in rows]

        return await self._database.read(work)

    async def claim(self, card_id: str, now: datetime, until: datetime) -> Card | None:
        def work(connection: Connection) -> Card | None:
            parameters = {"this_row": card_id, "now": now, "until": until}
            row = connection.execute(_CLAIM, parameters).one_or_none()
            return None if row is None else _card_of(row)

        return await self._database.write(work)

    async def note(self, card: Card, changes: CardChanges) -> None:
        await self._change(CARD_LEASES.held, card, dict(changes))

    async def finish(self, card: Card, changes: CardChanges) -> None:
        values: dict[str, Any] = dict(changes)
        if "due_at" not in values:
            await self._change(_FINISH, card, values)
            return
        values["now_due_at"] = values.pop("due_at")
        values["was_due_at"] = card.due_at
        await self._change(_FINISH_WITH_DATE, card, values)

    async def settle(self, card: Card, message_id: MessageId | None) -> None:
        values = {
            "posted": message_id,
            "was_due_at": card.due_at,
            "now_due_at": None,
        }
        await self._change(_SETTLE, card, values)

    async def next_due(self, now: datetime) -> datetime | None:
        return await leased_rows.next_due(self._database, _NEXT_DUE, now)

    async def renew(self, claims: Sequence[Card], until: datetime) -> None:
        held = [(one.id, one.fence) for one in claims]
        await leased_rows.renew(self._database, CARD_LEASES, held, until)

    async def let_go(self, claims: Sequence[Card]) -> None:
        held = [(one.id, one.fence) for one in claims]
        await leased_rows.let_go(self._database, CARD_LEASES, held)

    async def _change(
        self, statement: Update, card: Card, values: dict[str, Any]
    ) -> None:
        parameters = {**values, "this_row": card.id, "this_fence": card.fence}

        def work(connection: Connection) -> None:
            if connection.execute(statement, parameters).rowcount != 1:
                msg = f"somebody else has claimed the card {card.id}"
                raise ClaimLost(msg)

        await self._database.write(work)


def follow(
    connection: Connection, job: Job, olds: Collection[JobState], at: datetime
) -> None:
    """Make or redraw the review card of a job that moved, in the same transaction."""
    if job.state is JobState.AWAITING_REVIEW:
        channel_id = connection.scalar(_REVIEW_CHANNEL, {"of_guild": job.guild_id})
        if channel_id is not None:
            add(
                connection,
                CardKind.REVIEW,
                job_id=job.id,
                guild_id=job.guild_id,
                channel_id=channel_id,
                at=at,
            )
    elif JobState.AWAITING_REVIEW in olds:
        connection.execute(_REDRAW, {"of_job": job.id, "due_at": at})


def redraw_reports(connection: Connection, job_id: JobId, at: datetime) -> None:
    """Make all cards about reports of a clip due for redrawing."""
    connection.execute(_REDRAW_REPORTS, {"of_job": job_id, "due_at": at})


def add(  # noqa: PLR0913 - one argument for each column
    connection: Connection,
    kind: CardKind,
    *,
    job_id: JobId,
    guild_id: GuildId,
    channel_id: ChannelId,
    at: datetime,
    report_id: str | None = None,
    message_id: MessageId | None = None,
) -> None:
    """Add a card that is due at once. A removal names the message to delete."""
    connection.execute(
        _ADD,
        {
            "id": secrets.token_hex(8),
            "kind": kind,
            "guild_id": guild_id,
            "job_id": job_id,
            "report_id": report_id,
            "channel_id": channel_id,
            "message_id": message_id,
            "due_at": at,
            "attempts": 0,
        },
    )


def _card_of(row: Row[Any]) -> Card:
    values = row._asdict()
    del values["lease"]
    return Card(**values)
