"""Who may not use a picture is told before a form opens."""

import pytest

from bot.errors import Refused
from bot.ids import UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.moderation.administration import Moderation
from bot.moderation.policy import PicturesPolicy
from bot.requests.picture_check import PictureCheck
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from tests.clock import FakeClock
from tests.servers.people import make_actor

ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
ME = make_actor()
MINE = PictureUse(kind=PictureKind.ATTACHED, owner_id=ME.user_id)
THEIRS = PictureUse(kind=PictureKind.POSTED, owner_id=ADMIN.user_id)


@pytest.mark.parametrize(
    ("policy", "mine", "theirs"),
    [
        (None, None, "refused-pictures-own"),
        (PicturesPolicy.OFF, "refused-pictures-off", "refused-pictures-off"),
        (PicturesPolicy.OWN, None, "refused-pictures-own"),
        (PicturesPolicy.ANY, None, None),
    ],
)
async def test_who_may_not_use_a_picture_is_told_before_anything_is_asked(
    database: Database,
    clock: FakeClock,
    policy: PicturesPolicy | None,
    mine: str | None,
    theirs: str | None,
) -> None:
    store = SqlModerationStore(database)
    if policy is not None:
        await Moderation(store, clock).set_pictures(ADMIN, policy)
    pictures = PictureCheck(store)

    for use, refusal in ((MINE, mine), (THEIRS, theirs)):
        if refusal is None:
            await pictures.check(ME, use)
        else:
            with pytest.raises(Refused, match=refusal):
                await pictures.check(ME, use)
