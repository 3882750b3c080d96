"""A server that has added the bot is told how to begin, at most once."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest

from bot.errors import MessengerDown, MessengerError, PlaceForbidden, PlaceGone
from bot.ids import ChannelId, GuildId
from bot.servers.greeter import AT_ONCE, IN_DOUBT_AFTER, Greeter
from bot.servers.greetings import Greetings
from bot.workers import side_by_side
from bot.workers.leases import LEASE_S
from bot.workers.limits import new_limits
from storage.database.engine import Database
from storage.servers.greetings import SqlGreetings
from tests.callbacks import alone
from tests.clock import FakeClock

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")

NEW, BARRED = GuildId(2), GuildId(3)
SOON_S = 25.0


class ScriptedSystemChannels:
    """Implements `bot.servers.greetings.SystemChannels`."""

    def __init__(self) -> None:
        self.channel_id: ChannelId | None = ChannelId(5)
        self.unknown: MessengerDown | None = None
        self.error: MessengerError | None = None
        self.broken: Collection[GuildId] = ()
        """Whose greetings are answered with a 500."""
        self.odd: GuildId | None = None
        """Whose greeting meets with an error that nobody foresaw."""
        self.silent: GuildId | None = None
        """Whose greeting finds no answer."""
        self.silence = asyncio.Event()
        """Set once that greeting is on its way."""
        self.tried = 0
        self.greeted: list[GuildId] = []

    async def find(self, guild_id: GuildId) -> ChannelId | None:
        assert guild_id
        if self.unknown is not None:
            raise self.unknown
        return self.channel_id

    async def greet(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        assert channel_id == self.channel_id
        self.tried += 1
        if guild_id == self.silent:
            self.silence.set()
            await asyncio.Event().wait()
        if guild_id in self.broken:
            raise MessengerDown("500")
        if guild_id == self.odd:
            msg = "odd"
            raise ValueError(msg)
        if self.error is not None:
            raise self.error
        self.greeted.append(guild_id)


class Told:
    def __init__(
        self, database: Database, channels: ScriptedSystemChannels, clock: FakeClock
    ) -> None:
        store = SqlGreetings(database)
        self.greeter = Greeter(
            store,
            channels,
            clock,
            messages=new_limits(clock, wall=clock, living=alone).messages,
        )
        self.clock = clock
        self.woken = 0
        self.greetings = Greetings(
            store,
            clock,
            enabled=True,
            is_served=lambda guild_id: guild_id != BARRED,
            wake=self._woken,
        )

    def _woken(self) -> None:
        self.woken += 1


@pytest.fixture
def channels() -> ScriptedSystemChannels:
    return ScriptedSystemChannels()


@pytest.fixture
def told(
    database: Database, channels: ScriptedSystemChannels, clock: FakeClock
) -> Told:
    return Told(database, channels, clock)


async def test_a_new_server_is_greeted_once_and_also_not_by_the_next_process(
    told: Told, channels: ScriptedSystemChannels, database: Database, clock: FakeClock
) -> None:
    await told.greetings.guilds_seen([NEW])
    await told.greeter.run_once()
    await told.greeter.run_once()
    after = Told(database, channels, clock)
    await after.greetings.guilds_seen([NEW])
    await after.greeter.run_once()

    assert channels.greeted == [NEW]
    assert (told.woken, after.woken) == (1, 0)


async def test_two_workers_greet_a_server_once(
    told: Told, channels: ScriptedSystemChannels, database: Database, clock: FakeClock
) -> None:
    await told.greetings.guilds_seen([NEW])
    others = [Told(database, channels, clock).greeter for _ in range(3)]

    await asyncio.gather(*(one.run_once() for one in (told.greeter, *others)))

    assert channels.tried == 1


async def test_a_greeting_of_a_killed_worker_is_looked_for_when_its_lease_ends(
    told: Told, channels: ScriptedSystemChannels, database: Database, clock: FakeClock
) -> None:
    await told.greetings.guilds_seen([NEW])
    now = clock.now()
    await SqlGreetings(database).claim(NEW, now, now + timedelta(seconds=LEASE_S))
    assert await told.greeter.run_once() == LEASE_S
    assert channels.greeted == []

    clock.advance(LEASE_S)
    await told.greeter.run_once()
    assert channels.greeted == [NEW]


async def test_a_server_that_is_not_served_hears_nothing(
    told: Told, channels: ScriptedSystemChannels
) -> None:
    await told.greetings.guilds_seen([BARRED])
    await told.greeter.run_once()

    assert channels.tried == 0


async def test_without_a_fit_system_channel_nothing_is_said_then_or_later(
    told: Told, channels: ScriptedSystemChannels
) -> None:
    channels.channel_id = None
    await told.greetings.guilds_seen([NEW])
    await told.greeter.run_once()
    channels.channel_id = ChannelId(5)
    await told.greeter.run_once()

    assert channels.tried == 0


@pytest.mark.parametrize("error", [PlaceForbidden("no"), PlaceGone("no")])
async def test_a_channel_that_does_not_take_it_is_left_alone(
    told: Told,
    channels: ScriptedSystemChannels,
    clock: FakeClock,
    error: MessengerError,
) -> None:
    channels.error = error
    await told.greetings.guilds_seen([NEW])
    for _ in range(3):
        await told.greeter.run_once()
        clock.advance(SOON_S)

    assert channels.tried == 1


async def test_a_short_outage_of_discord_only_delays_it(
    told: Told, channels: ScriptedSystemChannels, clock: FakeClock
) -> None:
    channels.error = MessengerDown("503")
    await told.greetings.guilds_seen([NEW])
    first = await told.greeter.run_once()
    second = await told.greeter.run_once()
    assert channels.tried == 1
    # Also a look that came too early knows when the next one is due.
    assert 0 < first <= SOON_S
    assert 0 < second <= SOON_S
    channels.error = None
    clock.advance(SOON_S)
    await told.greeter.run_once()

    assert channels.greeted == [NEW]


async def test_in_doubt_a_server_is_rather_not_greeted_than_twice(
    told: Told, channels: ScriptedSystemChannels, clock: FakeClock
) -> None:
    """The message may stand there, and Discord has forgotten its nonce."""
    channels.error = MessengerDown("no answer")
    await told.greetings.guilds_seen([NEW])
    await told.greeter.run_once()
    channels.error = None
    clock.advance(IN_DOUBT_AFTER.total_seconds())
    await told.greeter.run_once()
    await told.greeter.run_once()

    assert channels.tried == 1


async def test_a_server_in_an_outage_is_greeted_after_it(
    told: Told, channels: ScriptedSystemChannels, clock: FakeClock
) -> None:
    """However long it lasts: nothing was tried."""
    channels.unknown = MessengerDown("not there")
    await told.greetings.guilds_seen([NEW])
    await told.greeter.run_once()
    clock.advance(timedelta(hours=3).total_seconds())
    await told.greeter.run_once()
    channels.unknown = None
    clock.advance(SOON_S)
    await told.greeter.run_once()

    assert channels.greeted == [NEW]


async def test_one_servers_surprise_is_no_other_servers_business(
    told: Told, channels: ScriptedSystemChannels, clock: FakeClock
) -> None:
    """Nor is it tried again: the message may stand there."""
    other = GuildId(4)
    channels.odd = NEW
    await told.greetings.guilds_seen([NEW, other])
    for _ in range(3):
        await told.greeter.run_once()
        clock.advance(SOON_S)

    assert channels.greeted == [other]
    assert channels.tried == 2


async def test_a_greeting_without_an_answer_holds_up_no_other(
    told: Told, channels: ScriptedSystemChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels.silent = NEW
    others = [GuildId(number) for number in range(10, 14)]
    await told.greetings.guilds_seen([NEW])
    with monkeypatch.context() as impatient:
        impatient.setattr(side_by_side, "OVERDUE_S", 0.05)
        assert 0 < await told.greeter.run_once() < SOON_S
    await channels.silence.wait()

    await told.greetings.guilds_seen([NEW, *others])
    told.clock.advance(SOON_S)
    await told.greeter.run_once()
    await told.greeter.abandon()

    assert set(channels.greeted) == set(others)


async def test_more_broken_greetings_than_are_looked_at_together_hide_no_other(
    told: Told, channels: ScriptedSystemChannels
) -> None:
    channels.broken = [GuildId(number) for number in range(10, 15 + AT_ONCE)]
    await told.greetings.guilds_seen(channels.broken)
    while channels.tried < len(channels.broken):
        await told.greeter.run_once()
        told.clock.advance(0.5)
    told.clock.advance(SOON_S)

    await told.greetings.guilds_seen([*channels.broken, NEW])
    await told.greeter.run_once()
    await told.greeter.drain()

    assert channels.greeted == [NEW]
