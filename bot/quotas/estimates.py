"""What a clip is expected to cost: from this account's own bills, or the catalogue.

Until there are bills the catalogue decides, and for a model whose price it does not
know, the dearest price of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Protocol

from bot.jobs.video import VideoRequest
from bot.models.catalogue import MODELS
from bot.models.choices import LINES
from bot.models.known import profile_of
from bot.models.profile import ModelProfile

LOOKED_AT = 60
"""Bills of a model and a quality: with and without sound, and with pictures."""
FEWEST_BILLS = 5
"""Below this many the catalogue is believed, where it knows anything."""
REMEMBERED = 15
"""Bills of one kind of clip; older ones are forgotten."""
_DEAREST_PER_S = max(
    rate for model in MODELS.values() for rate in model.text.credits_per_s.values()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What EvoLink took for one clip of a model and a quality."""

    duration_s: int
    sound: bool | None
    with_picture: bool
    credits: float


class BillStore(Protocol):
    """Knows what was billed. Implemented in `storage.quotas.bills`."""

    async def latest(
        self, model: str, quality: str | None, at_most: int
    ) -> Sequence[Bill]:
        """Return the bills of the latest requests to a model, the newest first."""
        ...


class Estimates:
    """Estimates. Nothing is kept in memory: every process knows the same bills."""

    def __init__(self, bills: BillStore) -> None:
        self._bills = bills

    async def of(self, request: VideoRequest) -> float:
        """Return the credits that a request is expected to cost.

        Raises:
            StorageError: If the database does not say what was billed.
        """
        bills = await self._bills.latest(request.model, request.quality, LOOKED_AT)
        return estimate(request, bills)


def estimate(request: VideoRequest, bills: Sequence[Bill]) -> float:
    """Return the credits that a clip is expected to cost.

    `bills` are of its model and quality, the latest first.
    """
    profile = profile_of(request.model, with_picture=request.with_picture)
    first_per_s = _first_rate(profile, request.quality)
    enough = 1 if first_per_s is None else FEWEST_BILLS
    alike = [
        bill
        for bill in bills
        if (bill.sound, bill.with_picture) == (request.sound, request.with_picture)
    ]
    for known in (alike, bills):
        if len(known) >= enough:
            return round(_learned(known[:REMEMBERED], request.duration_s), 2)
    return round((first_per_s or _DEAREST_PER_S) * request.duration_s, 2)


def is_guess(request: VideoRequest, credits_estimated: float) -> bool:
    """Return whether an estimate is the dearest price because no other is known."""
    profile = profile_of(request.model, with_picture=request.with_picture)
    dearest = round(_DEAREST_PER_S * request.duration_s, 2)
    is_unknown = _first_rate(profile, request.quality) is None
    return is_unknown and credits_estimated == dearest


def _first_rate(profile: ModelProfile, quality: str | None) -> float | None:
    """Return credits a second by the catalogue; None = it does not know the model.

    A price of any quality is one of the usual quality, and a better one costs more by
    its pixels.
    """
    prices = profile.credits_per_s
    wanted = quality or profile.default_quality
    if not prices or wanted in prices:
        return prices.get(wanted)
    usual = profile.default_quality or next(iter(profile.qualities), None)
    rates = [
        price * max(1.0, (_lines(wanted) / _lines(known or usual)) ** 2)
        for known, price in prices.items()
    ]
    return max(rates)


def _lines(quality: str | None) -> int:
    return LINES.get(quality or "", LINES["720p"])


def _learned(bills: Sequence[Bill], duration_s: int) -> float:
    """Return what a clip of a length costs, by a line through the bills.

    The line is that of Theil and Sen: a few bills that are out of line change nothing.
    It fits prices by the second, by the clip, and sums of both.
    """
    same = [bill.credits for bill in bills if bill.duration_s == duration_s]
    if len(same) >= FEWEST_BILLS:
        return median(same)
    slopes = [
        (first.credits - second.credits) / (first.duration_s - second.duration_s)
        for first, second in combinations(bills, 2)
        if first.duration_s != second.duration_s
    ]
    per_s = median(bill.credits / bill.duration_s for bill in bills)
    if not slopes:
        return per_s * duration_s
    slope = max(0.0, median(slopes))
    base = median(bill.credits - slope * bill.duration_s for bill in bills)
    on_line = base + slope * duration_s
    return on_line if on_line > 0 else per_s * duration_s
