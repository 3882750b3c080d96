"""Each seat is one process's, and goes to another as soon as that has let go of it."""

import asyncio

import pytest

from bot.processes.seats import Seat
from storage.database.engine import Database
from tests.storage.processes.conftest import ALL, member, until
from tests.storage.processes.test_membership import end_sessions


async def test_one_process_alone_soon_has_all_seats(migrated: str) -> None:
    async with member(migrated) as only:
        await until(lambda: only.seats == ALL)


async def test_processes_that_begin_together_share_the_seats(migrated: str) -> None:
    async with (
        member(migrated) as first,
        member(migrated) as second,
        member(migrated) as third,
    ):
        members = (first, second, third)
        await until(lambda: sum(len(one.seats) for one in members) == len(ALL))
        assert frozenset().union(*(one.seats for one in members)) == ALL


async def test_a_seat_that_is_given_up_goes_to_another_and_is_not_taken_back(
    migrated: str,
) -> None:
    async with member(migrated) as first:
        await until(lambda: first.seats == ALL)
        async with member(migrated) as second:
            await first.processes.give_up(frozenset({Seat.HOUSEKEEPING}))

            await until(lambda: second.seats == {Seat.HOUSEKEEPING})
        assert first.seats == ALL - {Seat.HOUSEKEEPING}


async def test_seats_of_a_process_whose_session_ends_go_to_another(
    database: Database, migrated: str
) -> None:
    async with member(migrated) as first:
        await until(lambda: first.seats == ALL)
        async with member(migrated) as second:
            await first.processes.give_up(frozenset())
            await end_sessions(database, first)

            await until(lambda: bool(second.seats))
            assert not first.seats & second.seats


async def test_who_has_several_seats_gives_them_to_those_who_come_later(
    migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.processes.seat_sharing.SHARE_AFTER_S", 0.5)
    async with member(migrated) as first:
        await until(lambda: first.seats == ALL)
        async with member(migrated) as second:
            await until(lambda: bool(second.seats))
            async with member(migrated) as third:
                await until(lambda: bool(third.seats))

                members = (first, second, third)
                await until(lambda: all(len(one.seats) == 1 for one in members))
                assert first.seats == {Seat.EVOLINK}
            await until(lambda: first.seats | second.seats == ALL)


async def test_seats_stay_where_they_are_when_each_process_has_one(
    migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.processes.seat_sharing.SHARE_AFTER_S", 0.0)
    async with member(migrated) as first:
        await until(lambda: first.seats == ALL)
        async with member(migrated) as second:
            await until(lambda: second.seats == {Seat.HOUSEKEEPING})
            moves: list[None] = []
            first.processes.when_changed(lambda: moves.append(None))
            await asyncio.sleep(1)

            assert moves == []
            assert first.seats == {Seat.EVOLINK, Seat.DISCORD}
