"""Who made how much in a server, day by day, added up from single videos. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.ids import UserId
from bot.jobs.states import OPEN_STATES, JobState
from bot.quotas.settings import MadeVideo
from bot.servers.windows import clock_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """What one member asked for in the time of a report."""

    user_id: UserId
    requested: int
    counted: int
    """Those that count against the quotas, as the ledger has it now."""
    delivered: int
    cancelled: int
    without_clip: int
    """Failed, denied, lost or not to be posted."""
    open: int
    credits: float
    """EvoLink's, as far as it has told us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaReport:
    """A server's use over some days, each by the server's own clock."""

    days: Sequence[date]
    members: Sequence[MemberLine]
    """Members with the most delivered videos come first."""
    by_day: Mapping[UserId, Sequence[int]]
    """Videos delivered to each member on each of the days."""
    zone: str

    @property
    def requested(self) -> int:
        """All requests together."""
        return sum(line.requested for line in self.members)

    @property
    def delivered(self) -> int:
        """All clips together."""
        return sum(line.delivered for line in self.members)

    @property
    def credits(self) -> float:
        """All credits together."""
        return sum(line.credits for line in self.members)


def days_until(now: datetime, days: int, zone: str) -> Sequence[date]:
    """Return so many days of a zone up to today."""
    today = now.astimezone(clock_of(zone)).date()
    return [today - timedelta(days=ago) for ago in range(days - 1, -1, -1)]


def add_up(videos: Iterable[MadeVideo], days: Sequence[date], zone: str) -> QuotaReport:
    """Return the report; videos asked for on other days are left out."""
    clock = clock_of(zone)
    number_of = {day: number for number, day in enumerate(days)}
    of_member: dict[UserId, list[MadeVideo]] = defaultdict(list)
    by_day: dict[UserId, list[int]] = defaultdict(lambda: [0] * len(days))
    for video in videos:
        number = number_of.get(video.requested_at.astimezone(clock).date())
        if number is None:
            continue
        of_member[video.user_id].append(video)
        by_day[video.user_id][number] += video.state is JobState.DELIVERED
    members = [_line(user_id, made) for user_id, made in of_member.items()]
    members.sort(key=lambda line: (-line.delivered, -line.requested, line.user_id))
    return QuotaReport(days=days, members=members, by_day=dict(by_day), zone=zone)


def _line(user_id: UserId, videos: Sequence[MadeVideo]) -> MemberLine:
    states = Counter(video.state for video in videos)
    delivered = states[JobState.DELIVERED]
    cancelled = states[JobState.CANCELLED]
    still_open = sum(states[state] for state in OPEN_STATES)
    return MemberLine(
        user_id=user_id,
        requested=len(videos),
        counted=sum(video.counts for video in videos),
        delivered=delivered,
        cancelled=cancelled,
        without_clip=len(videos) - delivered - cancelled - still_open,
        open=still_open,
        credits=sum(video.credits for video in videos),
    )
