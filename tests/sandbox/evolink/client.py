"""A plain client of the API: it sends what it is told and keeps what comes back."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp

from sandbox.evolink import EvolinkSandbox

CREATE = "/v1/videos/generations"
MODEL = "grok-imagine-text-to-video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    json: Any
    headers: Mapping[str, str]
    content: bytes

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.json["error"]
        return error


class Client:
    def __init__(self, evolink: EvolinkSandbox, session: aiohttp.ClientSession) -> None:
        self.evolink = evolink
        self.session = session

    async def send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = "sandbox-key",
        **more: Any,
    ) -> Reply:
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        url = self.evolink.base_url + path
        async with self.session.request(method, url, headers=headers, **more) as answer:
            content = await answer.read()
            is_json = answer.content_type == "application/json" and content
            return Reply(
                status=answer.status,
                json=await answer.json() if is_json else None,
                headers=answer.headers.copy(),
                content=content,
            )

    async def order(
        self,
        prompt: str = "a fox",
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Reply:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        body = {"model": MODEL, "prompt": prompt, **fields}
        return await self.send("POST", CREATE, json=body, headers=headers)

    async def created(self, prompt: str = "a fox", **fields: Any) -> str:
        reply = await self.order(prompt, **fields)
        assert reply.status == 200, reply.content
        task_id: str = reply.json["id"]
        return task_id

    async def task(self, task_id: str) -> dict[str, Any]:
        reply = await self.send("GET", f"/v1/tasks/{task_id}")
        assert reply.status == 200, reply.content
        task: dict[str, Any] = reply.json
        return task

    async def remaining(self) -> float:
        reply = await self.send("GET", "/v1/credits")
        remaining: float = reply.json["data"]["user"]["remaining_credits"]
        return remaining

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that no answer tells."""
        async with asyncio.timeout(60):
            while not happened():  # noqa: ASYNC110 - the stand-in offers no event
                await asyncio.sleep(0.005)

    async def upload(self, data: bytes, name: str = "picture.jpg") -> dict[str, Any]:
        """Upload a file, and return what is told of it."""
        form = aiohttp.FormData({"fileName": name})
        form.add_field("file", BytesIO(data), filename=name, content_type="image/jpeg")
        url = f"{self.evolink.files_url}/api/v1/files/upload/stream"
        headers = {"Authorization": "Bearer sandbox-key"}
        async with self.session.post(url, data=form, headers=headers) as answer:
            assert answer.status == 200, await answer.read()
            told: dict[str, Any] = (await answer.json())["data"]
            return told

    async def delete_file(self, file_id: str) -> None:
        url = f"{self.evolink.files_url}/api/v1/files/{file_id}"
        headers = {"Authorization": "Bearer sandbox-key"}
        async with self.session.delete(url, headers=headers) as answer:
            assert answer.status == 200, await answer.read()

    async def result_of(self, prompt: str, **fields: Any) -> str:
        """Order, let the clip be finished, and return its link."""
        task_id = await self.created(prompt, **fields)
        self.evolink.clock.advance(120)
        link: str = (await self.task(task_id))["results"][0]
        return link
