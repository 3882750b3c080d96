"""A member's own jobs in a server, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.jobs.jobs import Job
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobLookups
from bot.quotas.ports import PriceStore
from bot.quotas.prices_shown import sees_prices
from bot.servers.people import Actor

PAGE_SIZE = 5
"""Jobs on a page: with prompts and links they fill a phone's screen."""


class StatusFilter(StrEnum):
    """What `/videos list` may be narrowed to."""

    OPEN = "open"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATES: Mapping[StatusFilter, frozenset[JobState]] = MappingProxyType(
    {
        StatusFilter.OPEN: OPEN_STATES,
        StatusFilter.DELIVERED: frozenset({JobState.DELIVERED}),
        StatusFilter.FAILED: frozenset(
            {
                JobState.FAILED,
                JobState.UNCONFIRMED,
                JobState.UNDELIVERABLE,
                JobState.DENIED,
            }
        ),
        StatusFilter.CANCELLED: frozenset({JobState.CANCELLED}),
    }
)
_ALL = frozenset(JobState) - {JobState.REFUSED}
"""A refused request was never a job to the member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of a member's jobs, newest first."""

    jobs: Sequence[Job]
    number: int
    """From 1."""
    pages: int
    """At least 1."""
    status: StatusFilter | None
    with_prices: bool
    """Whether the reader sees what the videos cost."""


class Listing:
    """Reads what a member made in a server."""

    def __init__(self, jobs: JobLookups, prices: PriceStore) -> None:
        self._jobs = jobs
        self._prices = prices

    async def page(
        self, actor: Actor, status: StatusFilter | None, number: int
    ) -> Page:
        """Return a page; a number beyond the last means the last, below 1 the first."""
        states = _ALL if status is None else _STATES[status]
        total = await self._jobs.count_of_member(
            actor.guild_id, actor.user_id, states=states
        )
        pages = max(1, -(-total // PAGE_SIZE))
        number = min(max(number, 1), pages)
        jobs = await self._jobs.of_member(
            actor.guild_id,
            actor.user_id,
            states=states,
            limit=PAGE_SIZE,
            offset=(number - 1) * PAGE_SIZE,
        )
        shown = await self._prices.prices(actor.guild_id)
        return Page(
            jobs=jobs,
            number=number,
            pages=pages,
            status=status,
            with_prices=sees_prices(shown, is_manager=actor.is_manager),
        )
