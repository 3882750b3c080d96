"""The clients and the independent stand-in, which follows EvoLink's pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from pydantic import SecretStr

from bot.evolink.client import EvolinkClient
from bot.evolink.files import EvolinkFiles
from bot.ids import new_submit_key
from bot.jobs.tasks import Accepted
from sandbox.evolink import EvolinkSandbox
from tests.callbacks import ignored
from tests.factories import make_request

Dialect = Literal["2026", "2025"]
CREATE = "/v1/videos/generations"
TASKS = "/v1/tasks/.*"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The stand-in and clients of it."""

    evolink: EvolinkSandbox
    client: EvolinkClient
    files: EvolinkFiles
    session: aiohttp.ClientSession

    async def order(self, prompt: str, **changes: Any) -> Accepted:
        request = make_request(prompt=prompt, **changes)
        return await self.client.create(request, key=new_submit_key())

    def as_account(self, key: str, **timeouts: float) -> EvolinkClient:
        return EvolinkClient(
            self.session,
            base_url=self.evolink.base_url,
            api_key=SecretStr(key),
            **timeouts,
            count=ignored,
        )

    def files_of_account(self, key: str, **timeouts: float) -> EvolinkFiles:
        return EvolinkFiles(
            self.session,
            files_url=self.evolink.files_url,
            api_key=SecretStr(key),
            **timeouts,
            count=ignored,
        )


Start = Callable[..., Awaitable[Pair]]
