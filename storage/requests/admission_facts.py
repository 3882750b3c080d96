"""What a decision on a request depends on, in few statements.

They run twice for every request. Most of a statement's cost is fixed, so related
questions share one.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    literal,
    select,
)

from bot.jobs.jobs import Job
from bot.moderation.records import ModerationFacts
from bot.requests.decision import AdmissionFacts
from bot.servers.windows import DEFAULT_ZONE
from storage.moderation.store import block_in, settings_in
from storage.privacy import pseudonyms
from storage.quotas.facts import MAY_CONCERN, counted, set_limits_in
from storage.quotas.usage import whose
from storage.tables.moderation import blocks, moderation
from storage.tables.quotas import limits
from storage.tables.servers import guilds


def _around() -> Select[Any]:
    """Select what a server has settled, and of whom.

    A row for each of the limits that may concern the member; without any, one row.
    """
    one = select(literal(1).label("one")).subquery("one")
    guild: BindParameter[int] = bindparam("of_guild")
    user: BindParameter[int] = bindparam("of_user")
    return select(
        guilds.c.zone,
        pseudonyms.KEY.scalar_subquery().label("pseudonym_key"),
        moderation,
        blocks.c.user_id,
        blocks.c.until,
        blocks.c.reason,
        blocks.c.blocked_by,
        blocks.c.at,
        *(column for column in limits.c if column is not limits.c.guild_id),
    ).select_from(
        one.outerjoin(guilds, guilds.c.guild_id == guild)
        .outerjoin(moderation, moderation.c.guild_id == guild)
        .outerjoin(blocks, and_(blocks.c.guild_id == guild, blocks.c.user_id == user))
        .outerjoin(limits, MAY_CONCERN)
    )


_AROUND = _around()


def read(connection: Connection, job: Job, *, with_spending: bool) -> AdmissionFacts:
    """Read the facts outside a transaction for writing."""
    return _facts(connection, job, _read_around(connection, job), with_spending)


def read_to_decide(
    connection: Connection, job: Job, *, with_spending: bool
) -> AdmissionFacts:
    """Read the facts as they are in this transaction, which must be one for writing.

    Somebody who was forgotten is recognised by them.
    """
    around = _read_around(connection, job)
    pseudonyms.recognise(connection, around[0].pseudonym_key, job.guild_id, job.user_id)
    return _facts(connection, job, around, with_spending)


def _read_around(connection: Connection, job: Job) -> Sequence[Row[Any]]:
    whose = {"of_guild": job.guild_id, "of_user": job.user_id}
    return connection.execute(_AROUND, whose).all()


def _facts(
    connection: Connection,
    job: Job,
    around: Sequence[Row[Any]],
    with_spending: bool,  # noqa: FBT001 - passed on
) -> AdmissionFacts:
    server = around[0]
    set_limits = set_limits_in(
        [row for row in around if row.scope is not None], job.role_ids
    )
    return AdmissionFacts(
        quota=counted(
            connection,
            whose(server.pseudonym_key, job.guild_id, job.user_id),
            set_limits,
            job.requested_at,
            server.zone or DEFAULT_ZONE,
            with_spending=with_spending,
        ),
        moderation=ModerationFacts(
            settings=settings_in(server), block=block_in(server)
        ),
    )
