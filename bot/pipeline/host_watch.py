"""Asks a host of results whether it lives, when a download from it fails or hangs.

From failed downloads alone nobody can tell broken links from a host that is down. So
the host's root is requested. Any answer but a 5xx or a 429 shows that it lives, and
lets the other downloads go.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress

from yarl import URL

from bot.errors import FetchError
from bot.pipeline.ports import Fetcher
from bot.workers.outcomes import noting_download
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker

LOOK_EVERY_S = 0.3
"""While a download is under way: an overdue answer is noticed within this time."""
IDLE_S = 3600.0


class ResultHostWatch(Worker):
    """Asks a host once for each download from it that failed or hangs."""

    name = "result host watch"

    def __init__(
        self, fetcher: Fetcher, *, results: EndpointLimit, hosts: EndpointLimit
    ) -> None:
        """`results` limits downloads, `hosts` these requests; both are one service."""
        super().__init__()
        self._fetcher = fetcher
        self._results = results
        self._hosts = hosts
        self._under_way: Counter[str] = Counter()
        self._to_ask: dict[str, None] = {}
        """Hosts of downloads that began since the host was asked; the first is next."""

    @contextmanager
    def asking(self, url: str) -> Generator[None]:
        """Have the host asked if the download in this block fails or hangs."""
        try:
            host = str(URL(url).origin())
        except ValueError:
            yield  # No address: nothing is asked.
            return
        self._under_way[host] += 1
        self._to_ask[host] = None
        self.wake_in(LOOK_EVERY_S)
        try:
            yield
        except FetchError:
            self.wake()
            raise
        finally:
            self._under_way[host] -= 1
            self._under_way += Counter()  # drops what is 0

    async def run_once(self) -> float:
        """Ask one host, if it is in doubt and the limit allows a request."""
        if not self._results.in_doubt:
            self._to_ask = {one: None for one in self._to_ask if self._under_way[one]}
        if not self._to_ask:
            return IDLE_S
        if not self._results.in_doubt:
            return LOOK_EVERY_S
        host = next(iter(self._to_ask))
        wait_s = self._hosts.wait_s(host)
        if wait_s > 0:
            return wait_s
        del self._to_ask[host]
        call = self._hosts.begin(host)
        try:
            with suppress(FetchError), noting_download(call):
                await self._fetcher.ask_host(host)
        finally:
            call.end()
        return LOOK_EVERY_S
