"""Asks the hosts of results whether they live, where a broken link may be an outage.

By its failures alone nobody can tell fifteen broken links from a host that is down. So
in doubt the host itself is asked, at its root. Any answer but a
5xx or a 429 shows that it lives and lets the other downloads go.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from yarl import URL

from bot.errors import FetchError
from bot.pipeline.ports import Fetcher
from bot.workers.outcomes import noting_download
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker

LOOK_EVERY_S = 0.3
"""While a download is under way: an answer that is overdue is noticed as soon."""
IDLE_S = 3600.0


class ResultHostWatch(Worker):
    """Asks a host once for each time that a download from it failed or hangs."""

    name = "result host watch"

    def __init__(
        self, fetcher: Fetcher, *, results: EndpointLimit, hosts: EndpointLimit
    ) -> None:
        """`results` limits the downloads and `hosts`, of one service, the questions."""
        super().__init__()
        self._fetcher = fetcher
        self._results = results
        self._hosts = hosts
        self._under_way: Counter[str] = Counter()
        self._to_ask: dict[str, None] = {}
        """Where a download was asked for since its host was; the first is the next."""

    @contextmanager
    def asking(self, url: str) -> Generator[None]:
        """Watch a download while it lasts."""
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
        """Ask one host, if there is doubt and the service's limit allows."""
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
            with noting_download(call):
                await self._fetcher.ask_host(host)
        except FetchError:
            return LOOK_EVERY_S
        finally:
            call.end()
        return LOOK_EVERY_S
