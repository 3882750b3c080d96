"""Pictures that wait for the form of Animate picture."""

from datetime import timedelta

import pytest

from bot.ids import UserId
from bot.jobs.picture import PictureKind, PictureUse
from cogs.videos import pending_pictures
from cogs.videos.pending_pictures import KEPT_FOR, PendingPicture, PendingPictures
from cogs.wire.pictures import AttachedFile
from tests.clock import FakeClock
from tests.factories import NOON

MIA, BEN = UserId(1), UserId(2)


def picture(name: str = "cat.png") -> PendingPicture:
    file = AttachedFile(url="u", filename=name, size=1, content_type="image/png")
    use = PictureUse(kind=PictureKind.POSTED, owner_id=BEN)
    return PendingPicture(file=file, use=use, user_id=MIA)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def pending(clock: FakeClock) -> PendingPictures:
    return PendingPictures(clock)


def test_who_opened_the_form_gets_the_picture_and_nobody_else(
    pending: PendingPictures,
) -> None:
    pending.keep(7, picture())

    assert pending.get(7, MIA) == picture()
    assert pending.get(7, MIA) == picture(), "a repeated interaction finds it as well"
    assert pending.get(7, BEN) is None
    assert pending.get(8, MIA) is None


def test_a_picture_is_forgotten_in_time(
    pending: PendingPictures, clock: FakeClock
) -> None:
    pending.keep(7, picture())

    clock.advance(KEPT_FOR.total_seconds() - 1)
    assert pending.get(7, MIA) is not None
    clock.advance(1)
    assert pending.get(7, MIA) is None

    clock.advance(timedelta(days=1).total_seconds())
    pending.keep(8, picture())
    assert list(pending._kept) == [8]


def test_no_more_than_so_many_are_kept(
    pending: PendingPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending_pictures, "MOST", 3)
    for number in range(5):
        pending.keep(number, picture())

    assert [number for number in range(5) if pending.get(number, MIA)] == [2, 3, 4]
