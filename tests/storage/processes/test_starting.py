"""A process begins on a machine that has much to do: the server answers late."""

import logging

import pytest

from storage.database.engine import Database
from tests.storage.processes.conftest import member
from tests.storage.processes.network import network_to


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a little less for a connection."""
    monkeypatch.setattr("storage.database.connections.CONNECT_WITHIN_S", 2.0)


async def test_a_session_that_is_not_made_in_time_is_asked_for_again(
    migrated: str,
) -> None:
    async with network_to(migrated) as (network, url):
        network.unheard = 1
        async with member(url) as one:
            assert one.is_certain
        assert network.unheard == 0


async def test_a_connection_that_is_not_made_in_time_is_asked_for_again(
    migrated: str,
) -> None:
    async with network_to(migrated) as (network, url):
        network.unheard = 1
        async with Database.open(url, may_write=None) as database:
            assert await database.read(lambda connection: connection.closed) is False
        assert network.unheard == 0


async def test_a_connection_whose_end_is_not_waited_for_leaves_no_traceback(
    migrated: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A start opens and closes several, one after another."""
    async with network_to(migrated) as (network, url):
        with caplog.at_level(logging.WARNING):
            async with Database.open(url, may_write=None):
                network.cut()

    assert [one.getMessage() for one in caplog.records] == []
