"""Reads what comes with a request: JSON, or a form with JSON and files."""

import json
import re
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from sandbox.discord.drafting import Upload
from sandbox.discord.refusals import Refusal

_FILE_PART = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What came."""

    json: object = None
    uploads: tuple[Upload, ...] = ()


async def read_body(request: web.Request) -> Body:
    """Read all of it.

    Raises:
        ApiError: 50109 for what should be JSON and is not.
        OSError: If the client goes away before the end.
    """
    if request.content_type.startswith("multipart/"):
        return await _read_form(request)
    raw = await request.read()
    if not raw or request.content_type != "application/json":
        return Body()
    return Body(json=_parsed(raw))


async def _read_form(request: web.Request) -> Body:
    content: object = None
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        if part.name == "payload_json":
            content = _parsed(data)
        elif found := _FILE_PART.fullmatch(part.name or ""):
            name = part.filename or "unknown"
            uploads.append(Upload(index=int(found[1]), filename=name, data=data))
    return Body(json=content, uploads=tuple(uploads))


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        raise Refusal.INVALID_JSON.error() from None
