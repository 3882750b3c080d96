"""How a process becomes one of those on its database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.processes.names import process_name
from bot.processes.ports import Processes
from storage.database.address import Address
from storage.processes.only import OnlyProcess
from storage.processes.server import ServerProcesses
from storage.processes.session import BROKEN, open_session, unreachable


@asynccontextmanager
async def join_processes(url: str, session_name: str) -> AsyncGenerator[Processes]:
    """Be one of the processes on the database at `storage.url`, until the block ends.

    Its tables must be there, and a file must be held: see `storage.database.lock`.
    `session_name` is what all sessions of this process are called.

    Raises:
        StartupError: If the server does not answer.
    """
    address = Address.parse(url)
    if address.file is not None:
        yield OnlyProcess()
        return
    async with open_session(address, session_name) as session:
        processes = ServerProcesses(
            session,
            session_name=session_name,
            name=process_name(),
        )
        try:
            await _join(processes, address)
            yield processes
        finally:
            await processes.leave()


async def _join(processes: ServerProcesses, address: Address) -> None:
    try:
        await processes.join()
    except BROKEN as error:
        raise unreachable(address, error) from error
