"""Who made how much in a server, day by day, added up from single videos. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.ids import UserId
from bot.jobs.states import OPEN_STATES, JobState
from bot.quotas.month import MonthSoFar, MonthSpan
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
    """As EvoLink says or, until it does, as expected."""
    credits_open: float
    """Those of it that videos still open are expected to cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaReport:
    """A server's use over some days, each by the server's own clock."""

    days: Sequence[date]
    members: Sequence[MemberLine]
    """Members with the most delivered videos come first."""
    by_day: Mapping[UserId, Sequence[int]]
    """Videos delivered to each member on each of the days."""
    zone: str
    month: MonthSoFar
    """Of the month around today, whichever days the report is about."""
    limits_credits: bool
    """Whether a limit in credits is set for anybody in the server."""

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


@dataclass(slots=True)
class _Member:
    """What has been added up of one member."""

    by_day: list[int]
    states: Counter[JobState] = field(default_factory=Counter)
    counted: int = 0
    credits: float = 0.0
    credits_open: float = 0.0

    def line(self, user_id: UserId) -> MemberLine:
        """Return it as it stands in the report."""
        requested = self.states.total()
        delivered = self.states[JobState.DELIVERED]
        cancelled = self.states[JobState.CANCELLED]
        still_open = sum(self.states[state] for state in OPEN_STATES)
        return MemberLine(
            user_id=user_id,
            requested=requested,
            counted=self.counted,
            delivered=delivered,
            cancelled=cancelled,
            without_clip=requested - delivered - cancelled - still_open,
            open=still_open,
            credits=self.credits,
            credits_open=self.credits_open,
        )


class ReportSums:
    """Adds videos up some at a time, so that no more of them are in memory."""

    def __init__(self, days: Sequence[date], zone: str, month: MonthSpan) -> None:
        self._days = days
        self._zone = zone
        self._month = month
        self._month_number_of = {
            day: number for number, day in enumerate(month.days[: month.today + 1])
        }
        self._month_videos = 0
        self._month_credits = [0.0] * (month.today + 1)
        self._number_of = {day: number for number, day in enumerate(days)}
        self._members: dict[UserId, _Member] = {}

    def add(self, videos: Iterable[MadeVideo]) -> None:
        """Add some; those asked for on other days are left out."""
        clock = clock_of(self._zone)
        for user_id, requested_at, state, counts, cost in videos:
            day = requested_at.astimezone(clock).date()
            month_number = self._month_number_of.get(day)
            if month_number is not None:
                self._month_videos += counts
                self._month_credits[month_number] += cost
            number = self._number_of.get(day)
            if number is None:
                continue
            member = self._members.get(user_id)
            if member is None:
                member = _Member(by_day=[0] * len(self._days))
                self._members[user_id] = member
            member.by_day[number] += state is JobState.DELIVERED
            member.states[state] += 1
            member.counted += counts
            member.credits += cost
            if state in OPEN_STATES:
                member.credits_open += cost

    def report(self, *, limits_credits: bool, credits_limit: int | None) -> QuotaReport:
        """Return what it all comes to, beside what the server's admins allow."""
        lines = [member.line(user_id) for user_id, member in self._members.items()]
        lines.sort(key=lambda line: (-line.delivered, -line.requested, line.user_id))
        by_day = {user_id: member.by_day for user_id, member in self._members.items()}
        month = MonthSoFar(
            span=self._month,
            videos=self._month_videos,
            credits=sum(self._month_credits),
            credits_by_day=self._month_credits,
            credits_limit=credits_limit,
        )
        return QuotaReport(
            days=self._days,
            members=lines,
            by_day=by_day,
            zone=self._zone,
            month=month,
            limits_credits=limits_credits,
        )
