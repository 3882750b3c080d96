"""Pictures of messages for which a form is open. What is sent names them by a number.

They are in memory alone. What Discord tells of other people's messages, when somebody
uses their menu, cannot be asked for again: that takes a privilege we do not have.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.ids import UserId
from bot.jobs.picture import PictureUse
from cogs.wire.pictures import AttachedFile

KEPT_FOR = timedelta(hours=1)
"""A form may stand open for as long as somebody likes. The link lives for a day."""
MOST = 1000
"""The oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPicture:
    """A picture that somebody is filling in a form about."""

    file: AttachedFile
    use: PictureUse
    user_id: UserId
    """Who opened the form: nobody else can send it."""


class PendingPictures:
    """Keeps them until their time is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[int, tuple[datetime, PendingPicture]] = OrderedDict()

    def keep(self, number: int, picture: PendingPicture) -> None:
        """Keep a picture under a number that no other one has."""
        now = self._clock.now()
        while self._kept and (len(self._kept) >= MOST or self._is_over(now)):
            self._kept.popitem(last=False)
        self._kept[number] = (now, picture)

    def get(self, number: int, user_id: UserId) -> PendingPicture | None:
        """Return a picture to the one who opened its form; None if it is gone."""
        at, picture = self._kept.get(number, (None, None))
        if at is None or picture is None or picture.user_id != user_id:
            return None
        return picture if self._clock.now() - at < KEPT_FOR else None

    def _is_over(self, now: datetime) -> bool:
        at, _ = next(iter(self._kept.values()))
        return now - at >= KEPT_FOR
