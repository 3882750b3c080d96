"""The session that a process keeps for itself, when its connection breaks."""

from sqlalchemy import Connection, text

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
