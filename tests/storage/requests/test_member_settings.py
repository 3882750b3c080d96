"""Members' own defaults: kept for each server, handed out, erased."""

import json

from bot.ids import GuildId, UserId
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect, Mode
from bot.privacy.own_data import Privacy
from storage.database.engine import Database
from storage.privacy.store import SqlPrivacyStore
from storage.requests.member_settings import SqlMemberSettings
from tests.clock import FakeClock
from tests.servers.people import make_actor
from tests.storage.conftest import Select

ME = make_actor()
HERE, ELSEWHERE = ME.guild_id, GuildId(5)
FUN = VideoSettings(mode=Mode.FUN, duration_s=10)


async def test_what_is_chosen_is_kept_for_one_member_in_one_server(
    database: Database, database_url: str
) -> None:
    store = SqlMemberSettings(database)
    assert await store.of(HERE, ME.user_id) == NOTHING_CHOSEN

    assert await store.change(HERE, ME.user_id, FUN) == FUN
    tall = VideoSettings(aspect=Aspect.TALL, duration_s=6)
    changed = await store.change(HERE, ME.user_id, tall)

    assert changed == VideoSettings(mode=Mode.FUN, duration_s=6, aspect=Aspect.TALL)
    async with Database.open(database_url, may_write=None) as again:
        assert await SqlMemberSettings(again).of(HERE, ME.user_id) == changed
    assert await store.of(ELSEWHERE, ME.user_id) == NOTHING_CHOSEN
    assert await store.of(HERE, UserId(99)) == NOTHING_CHOSEN


async def test_a_reset_concerns_one_member_in_one_server(database: Database) -> None:
    store = SqlMemberSettings(database)
    for guild_id, user_id in (
        (HERE, ME.user_id),
        (ELSEWHERE, ME.user_id),
        (HERE, UserId(99)),
    ):
        await store.change(guild_id, user_id, FUN)

    await store.clear(HERE, ME.user_id)

    assert await store.of(HERE, ME.user_id) == NOTHING_CHOSEN
    assert await store.of(ELSEWHERE, ME.user_id) == FUN
    assert await store.of(HERE, UserId(99)) == FUN


async def test_they_are_mine_to_take_along_and_to_erase(
    database: Database, clock: FakeClock, rows: Select
) -> None:
    store = SqlMemberSettings(database)
    privacy = Privacy(SqlPrivacyStore(database), clock)
    await store.change(HERE, ME.user_id, FUN)
    await store.change(ELSEWHERE, ME.user_id, VideoSettings(aspect=Aspect.SQUARE))
    await store.change(HERE, UserId(99), FUN)

    (file,) = await privacy.export(ME, most_bytes=1_000_000)
    document = json.loads(file.content)
    await privacy.forget(ME)

    mine = [(one["mode"], one["aspect"]) for one in document["settings"]]
    assert sorted(mine, key=str) == [("fun", None), (None, "1:1")]
    assert await rows("SELECT user_id FROM member_settings") == [(99,)]
