"""Moves jobs from state to state, and writes what belongs to each step."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    func,
    select,
    text,
    update,
)

from bot.ids import GuildId, JobId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import (
    OPEN_STATES,
    TRANSITIONS,
    UNPAID_CANCELLATION,
    JobState,
    QuotaEffect,
    may_follow,
)
from storage.jobs.rows import job_of
from storage.moderation import cards
from storage.quotas import ledger
from storage.servers import guilds
from storage.servers.job_locks import hold_jobs_of
from storage.tables.column_types import Instant
from storage.tables.jobs import fence_of, jobs, lease_of, state_among


def claimed(kind: Due) -> ColumnElement[bool]:
    """Return SQL that is true for a job that a claim still holds: `this_fence`."""
    return fence_of(kind) == bindparam("this_fence")


def claiming(kind: Due) -> dict[Any, Any]:
    """Return the values that claim a kind of work until the parameter `until`."""
    lease, fence = lease_of(kind), fence_of(kind)
    return {lease: bindparam("until", type_=Instant), fence: fence + 1}


@cache
def _advance(olds: tuple[JobState, ...]) -> Any:  # noqa: ANN401 - an Update's type
    """Return the statement that moves a job on from one of these states.

    The states stand in its text: SQLAlchemy would write a list of parameters again for
    each execution.
    """
    return (
        update(jobs)
        .where(jobs.c.id == bindparam("this_job"), text(state_among(olds)))
        .returning(jobs)
    )


@cache
def _advance_unpaid(olds: tuple[JobState, ...]) -> Any:  # noqa: ANN401
    """Return the statement that does so where no paid request may have left."""
    return _advance(olds).where(jobs.c.unsure_since.is_(None))


@cache
def _advance_claimed(olds: tuple[JobState, ...], kind: Due) -> Any:  # noqa: ANN401
    """Return the statement that moves a claimed job on and ends the claim."""
    return _advance(olds).where(claimed(kind)).values({lease_of(kind): None})


@cache
def _advance_and_claim(olds: tuple[JobState, ...], kind: Due) -> Any:  # noqa: ANN401
    """Return the statement that moves a job on and claims it."""
    return _advance(olds).values(claiming(kind))


_left = jobs.alias("in_old_states")
_IN_OLD_STATES = (
    select(_left.c.id)
    .where(
        _left.c.guild_id == bindparam("of_guild"),
        _left.c.state.in_(bindparam("old_states", expanding=True)),
    )
    # All servers' open jobs are few, and one server's history may be long.
    .with_hint(_left, "INDEXED BY ix_jobs_state", "sqlite")
)
_END_OF_GUILD = (
    update(jobs)
    .where(jobs.c.id.in_(_IN_OLD_STATES))
    .values(
        interaction_token=None,
        role_ids=None,
        status_due_at=None,
        submit_due_at=None,
        delivery_due_at=None,
        notice_due_at=None,
        # EvoLink still works on it, or may: only its answer frees the slot.
        poll_due_at=case(
            (
                and_(jobs.c.task_id.is_not(None), jobs.c.done_at.is_(None)),
                func.coalesce(jobs.c.poll_due_at, bindparam("ended_at", type_=Instant)),
            ),
            else_=None,
        ),
    )
)
"""A server that is gone gets no message, and causes no paid request."""


class Step:
    """A move to a new state, from any of some old ones that allow it."""

    def __init__(
        self,
        old: JobState | Collection[JobState],
        new: JobState,
        *,
        from_grant: bool = False,
        unpaid: bool = False,
    ) -> None:
        """Look the step up in `TRANSITIONS`.

        `from_grant` is about a step that reserves: see `storage.quotas.ledger.record`.
        `unpaid` is about cancelling: only where none of the job's requests may have
        left.

        Raises:
            ValueError: If one of the old states does not lead to the new one.
        """
        self.olds = frozenset({old} if isinstance(old, JobState) else old)
        self._new = new
        self._from_grant = from_grant
        self._unpaid = unpaid
        for state in self.olds:
            if not may_follow(state, new):
                msg = f"no job goes from {state} to {new}"
                raise ValueError(msg)

    def by_effect(self) -> Iterator[tuple[QuotaEffect, list[JobState]]]:
        """Group the old states by what leaving them does to the quota.

        In the order of a job's life, so that a job that moves on between two of these
        statements is still met by the later one.
        """
        if self._unpaid:
            yield UNPAID_CANCELLATION, list(self.olds)
            return
        ordered = [state for state in JobState if state in self.olds]
        for effect, states in groupby(ordered, lambda old: TRANSITIONS[old, self._new]):
            yield effect, list(states)

    def take(
        self,
        connection: Connection,
        job_id: JobId,
        at: datetime,
        changes: JobChanges,
        claim: Claim | None = None,
    ) -> Job | None:
        """Move one job and return it, or None if it was in another state.

        A claim ends with that; None is returned also where it was lost.
        """
        parameters: dict[str, Any] = {**changes, "this_job": job_id}
        if claim is None:
            advance = _advance_unpaid if self._unpaid else _advance
            row = self._take(connection, at, parameters, advance)
        else:
            parameters["this_fence"] = claim.fence
            kind = claim.kind
            row = self._take(
                connection, at, parameters, lambda olds: _advance_claimed(olds, kind)
            )
        return None if row is None else job_of(row)

    def claim(
        self,
        connection: Connection,
        job_id: JobId,
        at: datetime,
        changes: JobChanges,
        kind: Due,
        until: datetime,
    ) -> Row[Any] | None:
        """Move one job and claim it with that; return its row, or None."""
        parameters = {**changes, "this_job": job_id, "until": until}
        return self._take(
            connection, at, parameters, lambda olds: _advance_and_claim(olds, kind)
        )

    def _take(
        self,
        connection: Connection,
        at: datetime,
        parameters: dict[str, Any],
        advance: Callable[[tuple[JobState, ...]], Any],
    ) -> Row[Any] | None:
        parameters |= {"state": self._new, "state_since": at}
        for effect, states in self.by_effect():
            moved = connection.execute(advance(tuple(states)), parameters)
            row: Row[Any] | None = moved.one_or_none()
            if row is not None:
                job = job_of(row)
                ledger.record(connection, effect, job, at, from_grant=self._from_grant)
                cards.follow(connection, job, states, at)
                return row
        return None


def end_guild(connection: Connection, guild_id: GuildId, at: datetime) -> int:
    """End a server's open jobs, and return how many there were."""
    unreserved = frozenset({JobState.RECEIVED})
    ended = 0
    # Nothing of this server is accepted meanwhile, and none of these moves on.
    guilds.hold(connection, guild_id)
    hold_jobs_of(connection, guild_id, OPEN_STATES)
    ledger.release_guild(connection, guild_id, OPEN_STATES - unreserved, at)
    for olds, new in (
        (OPEN_STATES - unreserved, JobState.UNDELIVERABLE),
        (unreserved, JobState.REFUSED),
    ):
        result = connection.execute(
            _END_OF_GUILD,
            {
                "of_guild": guild_id,
                "old_states": list(olds),
                "state": new,
                "state_since": at,
                "ended_at": at,
            },
        )
        ended += result.rowcount
    return ended
