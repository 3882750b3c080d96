"""Locks on jobs' rows, for works that change several, or what follows from them.

They are always taken in the order of the ids, after the server's row and before the
ledger's: so two works never wait for one another in a ring.
"""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from bot.ids import GuildId, JobId
from bot.jobs.states import JobState
from storage.tables.jobs import jobs

_BY_ID = select(jobs.c.id).order_by(jobs.c.id).with_for_update()
_THESE = _BY_ID.where(jobs.c.id.in_(bindparam("these", expanding=True)))
_IN_STATES = _BY_ID.where(
    jobs.c.guild_id == bindparam("of_guild"),
    jobs.c.state.in_(bindparam("in_states", expanding=True)),
)


def hold_jobs(
    connection: Connection, job_ids: Collection[JobId] | Collection[str]
) -> None:
    """Lock these jobs until the transaction ends, where others may write."""
    if job_ids and connection.dialect.name == "postgresql":
        connection.execute(_THESE, {"these": sorted(job_ids)}).close()


def hold_jobs_of(
    connection: Connection, guild_id: GuildId, states: Collection[JobState]
) -> None:
    """Lock a server's jobs in some states until the transaction ends, likewise."""
    if connection.dialect.name == "postgresql":
        which = {"of_guild": guild_id, "in_states": list(states)}
        connection.execute(_IN_STATES, which).close()
