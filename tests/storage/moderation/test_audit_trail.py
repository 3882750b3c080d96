"""What was done is on record: with the change or not at all, and for good."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.errors import NotAllowed, Refused
from bot.ids import ChannelId, GuildId, UserId
from bot.moderation.administration import Change, Moderation, Purpose
from bot.moderation.blocks import Blocks
from bot.moderation.history import History
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.records import Applies, ModerationSettings, WordKind, WordRule
from bot.servers.audit import member_subject
from bot.servers.people import Actor
from storage.database.engine import Database
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.store import SqlModerationStore
from storage.privacy.retention import SqlRetentionStore
from tests.clock import FakeClock
from tests.servers.people import make_actor

ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
GUILD = ADMIN.guild_id
LOG = ChannelId(44)


@pytest.fixture
def settings(database: Database) -> SqlModerationStore:
    return SqlModerationStore(database)


@pytest.fixture
def moderation(settings: SqlModerationStore, clock: FakeClock) -> Moderation:
    return Moderation(settings, clock)


@pytest.fixture
def blocks(settings: SqlModerationStore, clock: FakeClock) -> Blocks:
    return Blocks(settings, clock)


@pytest.fixture
def trail(database: Database) -> SqlAuditTrail:
    return SqlAuditTrail(database)


async def actions(trail: SqlAuditTrail) -> list[str]:
    rows = await trail.page(GUILD, None, limit=100, offset=0)
    return [row.entry.action for row in reversed(rows)]


async def test_every_change_of_a_setting_is_a_row_with_before_and_after(
    moderation: Moderation, blocks: Blocks, trail: SqlAuditTrail, clock: FakeClock
) -> None:
    rule = WordRule(pattern="x", kind=WordKind.WORD, applies=Applies.ALWAYS)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await moderation.set_pictures(ADMIN, PicturesPolicy.ANY)
    await moderation.change_role(ADMIN, Change.ADD, 5)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.add_word(ADMIN, rule)
    await moderation.remove_word(ADMIN, "x")
    await blocks.block(ADMIN, UserId(9), duration="2h", reason="spam")
    await blocks.unblock(ADMIN, UserId(9))

    assert await actions(trail) == [
        "moderation.policy",
        "moderation.pictures",
        "moderation.spicy-role",
        "moderation.channel",
        "moderation.word",
        "moderation.word",
        "moderation.block",
        "moderation.unblock",
    ]
    *_, second, first = await trail.page(GUILD, None, limit=100, offset=0)
    assert (first.entry.actor_id, first.entry.at) == (ADMIN.user_id, clock.now())
    assert first.entry.before == {"policy": "off"}
    assert first.entry.after == {"policy": "review"}
    assert second.entry.before == {"pictures": "own"}
    assert second.entry.after == {"pictures": "any"}


async def test_settings_are_as_they_were_set(
    moderation: Moderation, settings: SqlModerationStore
) -> None:
    rule = WordRule(pattern="ä|ö", kind=WordKind.REGEX, applies=Applies.SPICY)
    await moderation.set_policy(ADMIN, SpicyPolicy.RESTRICTED)
    await moderation.set_pictures(ADMIN, PicturesPolicy.OFF)
    await moderation.change_role(ADMIN, Change.ADD, 5)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, ChannelId(3))
    await moderation.add_word(ADMIN, rule)

    assert await settings.settings(GUILD) == ModerationSettings(
        policy=SpicyPolicy.RESTRICTED,
        pictures=PicturesPolicy.OFF,
        spicy_role_ids=frozenset({5}),
        review_channel_id=ChannelId(3),
        words=(rule,),
    )
    assert await settings.settings(GuildId(1)) == ModerationSettings()


async def test_what_is_left_out_of_a_known_pattern_stays_as_it_is(
    moderation: Moderation,
) -> None:
    """To say that it is for every prompt now must not make a word of a regex."""
    rule = WordRule(pattern="ä|ö", kind=WordKind.REGEX, applies=Applies.SPICY)
    await moderation.add_word(ADMIN, rule)

    same = await moderation.completed(ADMIN, "ä|ö", None, None)
    wider = await moderation.completed(ADMIN, "ä|ö", None, Applies.ALWAYS)
    new = await moderation.completed(ADMIN, "ü", None, None)

    assert same == rule
    assert (wider.kind, wider.applies) == (WordKind.REGEX, Applies.ALWAYS)
    assert (new.kind, new.applies) == (WordKind.WORD, Applies.ALWAYS)


async def test_what_is_refused_changes_nothing_and_is_no_row(
    moderation: Moderation, trail: SqlAuditTrail, settings: SqlModerationStore
) -> None:
    member = make_actor()
    with pytest.raises(NotAllowed):
        await moderation.set_policy(member, SpicyPolicy.REVIEW)
    with pytest.raises(NotAllowed):
        await moderation.set_pictures(member, PicturesPolicy.ANY)
    with pytest.raises(Refused):
        await moderation.remove_word(ADMIN, "never added")

    assert await actions(trail) == []
    assert await settings.settings(GUILD) == ModerationSettings()


async def test_changes_at_the_same_moment_all_happen(
    moderation: Moderation, trail: SqlAuditTrail
) -> None:
    """Each is made on what the others left, and none of them is lost."""
    rules = [
        WordRule(pattern=f"w{n}", kind=WordKind.WORD, applies=Applies.ALWAYS)
        for n in range(20)
    ]
    await asyncio.gather(*(moderation.add_word(ADMIN, rule) for rule in rules))

    settings = await moderation.settings(ADMIN)
    assert set(settings.words) == set(rules)
    assert len(await actions(trail)) == 20


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET reason = 'other'",
        "UPDATE audit SET actor_id = 1",
        "DELETE FROM audit",
        "DELETE FROM ledger",
    ],
)
async def test_the_database_itself_refuses_to_rewrite_history(
    database: Database, moderation: Moderation, statement: str
) -> None:
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await database.write(
        lambda connection: connection.execute(
            text(
                "INSERT INTO ledger (guild_id, kind, videos, own_videos, grants,"
                " counted_at, at) VALUES (1, 'grant', 0, 0, 1, 0, 0)"
            )
        )
    )

    with pytest.raises(IntegrityError, match="append-only"):
        await database.write(lambda connection: connection.execute(text(statement)))


async def test_retention_deletes_old_rows_and_no_others(
    database: Database,
    moderation: Moderation,
    trail: SqlAuditTrail,
    clock: FakeClock,
) -> None:
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    clock.advance(timedelta(days=400).total_seconds())
    await moderation.set_policy(ADMIN, SpicyPolicy.RESTRICTED)
    retention = SqlRetentionStore(database)

    erased = await retention.erase_audit(clock.now() - timedelta(days=365), 500)

    assert erased == 2
    assert await actions(trail) == ["moderation.policy"]
    # And what let them be deleted is gone again.
    with pytest.raises(IntegrityError, match="append-only"):
        await database.write(
            lambda connection: connection.execute(text("DELETE FROM audit"))
        )


async def test_a_members_history_is_what_they_did_and_what_was_done_to_them(
    blocks: Blocks, trail: SqlAuditTrail
) -> None:
    other = make_actor(user_id=UserId(8), is_moderator=True)
    await blocks.block(ADMIN, UserId(9))
    await blocks.block(other, UserId(10))
    await blocks.unblock(ADMIN, UserId(10))

    of_nine = await trail.page(GUILD, UserId(9), limit=9, offset=0)
    of_admin = await trail.page(GUILD, ADMIN.user_id, limit=9, offset=0)
    assert [row.entry.subject for row in of_nine] == [member_subject(UserId(9))]
    assert len(of_admin) == await trail.count(GUILD, ADMIN.user_id) == 2


async def table_of(trail: SqlAuditTrail, clock: FakeClock, reader: Actor) -> str:
    (file,) = await History(trail, clock).table(reader, 9, most_bytes=1_000_000)
    assert file.name == "clapper-audit.csv"
    return file.content.decode("utf-8-sig")


@pytest.mark.thorough
async def test_a_long_history_is_a_table_whole_and_in_order(
    blocks: Blocks, trail: SqlAuditTrail, clock: FakeClock
) -> None:
    for number in range(1_234):
        await blocks.block(ADMIN, UserId(9), reason=f"no {number}")

    _, *lines = (await table_of(trail, clock, ADMIN)).splitlines()

    assert [line.rpartition(",")[2] for line in lines] == [
        f"no {number}" for number in range(1_234)
    ]


async def test_the_table_holds_no_formula(
    blocks: Blocks, trail: SqlAuditTrail, clock: FakeClock
) -> None:
    """A reason is a stranger's text; a spreadsheet must not calculate it."""
    reasons = ["=1+1", "+1", "-1", "@x", "  =1", "\t=1", 'a "quoted", cell']
    for reason in reasons:
        await blocks.block(ADMIN, UserId(9), reason=reason)

    table = await table_of(trail, clock, ADMIN)

    for dangerous in ("=1+1", "+1", "-1", "@x"):
        assert f",{dangerous}" not in table
        assert f"'{dangerous}" in table
    assert '"a ""quoted"", cell"' in table
    assert str(ADMIN.user_id) in table


async def test_another_servers_moderators_see_nothing_of_it(
    blocks: Blocks, trail: SqlAuditTrail, clock: FakeClock
) -> None:
    stranger = make_actor(guild_id=GuildId(98), is_moderator=True)
    await blocks.block(ADMIN, UserId(9))

    page = await History(trail, clock).page(stranger, None, 1)

    assert list(page.rows) == []
    assert len((await table_of(trail, clock, stranger)).splitlines()) == 1
