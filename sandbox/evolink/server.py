"""The stand-in itself: opens its three hosts on loopback, and closes them."""

import asyncio
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from sandbox import clips
from sandbox.evolink.api import Api, Books
from sandbox.evolink.callbacks import CallbackSender, Delivery
from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.door import FrontDoor
from sandbox.evolink.faults import FaultBox
from sandbox.evolink.files import FileBook
from sandbox.evolink.files_host import FilesHost
from sandbox.evolink.idempotency import KeyBook
from sandbox.evolink.journal import RecordedRequest
from sandbox.evolink.ledger import Ledger
from sandbox.evolink.life import Life
from sandbox.evolink.pictures import Pictures
from sandbox.evolink.results import ResultsHost, clip_of
from sandbox.evolink.tasks import TaskBook
from sandbox.evolink.wire import Wire

_ROOM_FOR_FORM_BYTES = 2**20
"""What stands around a file in a form, and how far beyond the limit one is read."""
_CLOSING_S = 0.2
"""How long answers in progress may take when the stand-in closes."""


class EvolinkSandbox:
    """EvoLink on loopback, from `async with` to its end. Use each object once."""

    def __init__(self, config: EvolinkConfig | None = None) -> None:
        self.config = config or EvolinkConfig()
        self.clock = MovableClock(
            speed=self.config.speed, starts_at=self.config.starts_at
        )
        self.ledger = Ledger(self.config.credits_held)
        self.tasks = TaskBook(self.clock, self.ledger, self.config)
        self.files = FileBook(self.clock, self.config)
        """The uploaded files that live now, by id."""
        self.files.when_deleted(self.tasks.lose_picture)
        self.faults = FaultBox()
        self.requests: list[RecordedRequest] = []
        """Everything asked of any host, in order of arrival."""
        self._stack = AsyncExitStack()
        self._base_url = ""
        self._results_url = ""
        self._files_host = FilesHost(self.files, self.config)
        self._sender: CallbackSender | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.clear()
        await self._stack.aclose()

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at the end."""
        return self._base_url

    @property
    def results_url(self) -> str:
        """Where the results are: another origin than the API."""
        return self._results_url

    @property
    def files_url(self) -> str:
        """Where files are uploaded, and read."""
        return self._files_host.url

    @property
    def api_key(self) -> str:
        """The key that is accepted."""
        return self.config.api_key

    @property
    def paid_tasks(self) -> int:
        """How many tasks were created, that is paid for, so far."""
        return len(self.tasks)

    @property
    def callbacks(self) -> list[Delivery]:
        """Every POST to a callback address so far."""
        return self._callback_sender.made

    def next_task(self, life: Life) -> None:
        """Give the next created task this life, whatever its prompt says."""
        self.tasks.script(life)

    async def forge_callback(self, url: str, body: dict[str, Any]) -> int | None:
        """Post anything to a callback address, as anybody could.

        Returns the receiver's status, `None` if it did not answer.
        """
        lie = Delivery(url=url, body=body, is_last=True)
        return (await self._callback_sender.deliver(lie)).status

    @staticmethod
    def clip_bytes(aspect_ratio: str, duration_s: int) -> bytes:
        """Return the file that an order with these two gets, byte for byte.

        One with a picture gets another; see `clip_of`.
        """
        return clips.clip_bytes(clips.nearest_shape(aspect_ratio), duration_s)

    async def clip_of(self, task_id: str) -> bytes:
        """Return the file that a task makes, byte for byte.

        Raises:
            KeyError: If there is no such task.
        """
        return await clip_of(self.tasks[task_id])

    @property
    def _callback_sender(self) -> CallbackSender:
        if self._sender is None:
            msg = "the stand-in is not open"
            raise RuntimeError(msg)
        return self._sender

    async def _open(self, stack: AsyncExitStack) -> None:
        config = self.config
        results = ResultsHost(self.tasks, self.clock, config)
        self._results_url = await self._serve(
            stack, "results", results.routes(), config.results_port
        )
        self._files_host.url = await self._serve(
            stack,
            "files",
            self._files_host.routes(),
            config.files_port,
            max_bytes=config.max_file_bytes + _ROOM_FOR_FORM_BYTES,
        )
        wire = Wire(config, self._results_url)
        books = Books(
            config=config,
            clock=self.clock,
            tasks=self.tasks,
            ledger=self.ledger,
            keys=KeyBook(self.clock, config.idempotency_life_s),
            pictures=Pictures(self._files_host.at_address),
            wire=wire,
        )
        self._base_url = await self._serve(
            stack, "api", Api(books).routes(), config.api_port
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        self._sender = CallbackSender(
            tasks=self.tasks,
            wire=wire,
            clock=self.clock,
            config=config,
            session=session,
        )
        sending = asyncio.create_task(self._sender.run(), name="evolink callbacks")
        stack.push_async_callback(_end, sending)

    async def _serve(
        self,
        stack: AsyncExitStack,
        host: str,
        routes: list[web.RouteDef],
        port: int,
        *,
        max_bytes: int | None = None,
    ) -> str:
        door = FrontDoor(
            host,
            config=self.config,
            clock=self.clock,
            faults=self.faults,
            journal=self.requests,
        )
        app = web.Application(
            middlewares=[door.admit],
            client_max_size=max_bytes or self.config.max_body_bytes,
        )
        app.add_routes(routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSING_S)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, self.config.host, port).start()
        bound: int = runner.addresses[0][1]
        return f"http://{self.config.host}:{bound}"


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
