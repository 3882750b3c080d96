"""The session that a process keeps for itself, when its connection breaks."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database.address import Address
from storage.database.engine import Database
from storage.processes.session import Session, open_session
from tests.storage.processes.conftest import until

CHANNEL = "news"


async def end(session: Session, database: Database) -> None:
    """Have the server end a session, and wait until this end knows."""
    number = await session.run(
        lambda connection: connection.scalar(text("SELECT pg_backend_pid()"))
    )

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": number})

    await database.write(work)
    await until(lambda: not session.is_open)


async def test_who_listens_in_a_broken_session_is_heard_in_the_next(
    database: Database, migrated: str
) -> None:
    heard: list[str] = []
    async with open_session(Address.parse(migrated), "clapper test") as session:
        await end(session, database)

        await session.listen(CHANNEL, heard.append)
        await session.open()

        await database.write(
            lambda connection: connection.execute(
                text("SELECT pg_notify(:channel, 'word')"), {"channel": CHANNEL}
            )
        )
        await until(lambda: heard == ["", "word"])


async def test_an_error_of_a_session_holds_no_values(migrated: str) -> None:
    failing = text("SELECT 1 / 0, CAST(:secret AS text)")
    async with open_session(Address.parse(migrated), "clapper test") as session:
        with pytest.raises(SQLAlchemyError) as caught:
            await session.run(
                lambda connection: connection.scalar(failing, {"secret": "a name"})
            )

    assert "a name" not in f"{caught.value} {caught.value!r}"
