"""The host of files: uploads and deletions with the key, reading without.

At EvoLink the files themselves lie on another host than this API; here they share an
origin.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from aiohttp import web

from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.files import FileBook, StoredFile
from sandbox.evolink.forms import Part, read_form
from sandbox.evolink.refusals import Refusal

_BEIJING = timezone(timedelta(hours=8))

_MAGIC: Mapping[str, tuple[bytes, bytes]] = {
    "image/jpeg": (b"\xff\xd8\xff", b""),
    "image/png": (b"\x89PNG\r\n\x1a\n", b""),
    "image/gif": (b"GIF8", b""),
    "image/webp": (b"RIFF", b"WEBP"),
}
"""How each kind that is taken begins, and what stands at its eighth byte."""


class FilesHost:
    """Serves the book of files."""

    def __init__(self, files: FileBook, config: EvolinkConfig) -> None:
        self._files = files
        self._config = config
        self.url = ""
        """The origin, once it is known."""

    def at_address(self, url: str) -> StoredFile | None:
        """Return the living file at an address, if it is one of this host's."""
        if not url.startswith(f"{self.url}/files/"):
            return None
        return self._files.at(url.removeprefix(self.url))

    def routes(self) -> list[web.RouteDef]:
        """Return what is served where."""
        return [
            web.post("/api/v1/files/upload/stream", self.upload),
            web.delete("/api/v1/files/{id}", self.delete),
            web.get("/files/{path:.*}", self.serve, allow_head=False),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """Take one file."""
        owner = self._owner(request)
        form = read_form(request.headers.get("Content-Type", ""), await request.read())
        file = form.get("file")
        if file is None or file.file_name is None:
            raise Refusal("invalid_request", "file is required.")
        if len(file.data) > self._config.max_file_bytes:
            raise Refusal("40001")
        mime_type = _kind_of(file.data)
        if mime_type is None:
            raise Refusal("40002")
        stored = self._files.store(
            owner=owner,
            folder=_named(form, "upload_path", "uploadPath") or "uploads",
            name=_named(form, "file_name", "fileName")
            or _safe(f"{secrets.token_hex(8)}-{file.file_name}"),
            original_name=file.file_name,
            mime_type=mime_type,
            data=file.data,
        )
        return _answer("File uploaded successfully", self._drawn(stored))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete one file."""
        owner = self._owner(request)
        if not self._files.delete(request.match_info["id"], owner):
            raise Refusal("not_found", "File not found.")
        return _answer("File deleted successfully", None)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer whoever knows a file's address."""
        stored = self._files.at(request.path)
        if stored is None:
            return web.Response(status=404, text="Not Found")
        return web.Response(body=stored.data, content_type=stored.mime_type)

    def _owner(self, request: web.Request) -> str:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        config = self._config
        if scheme != "Bearer" or key not in {config.api_key, *config.other_api_keys}:
            raise Refusal("unauthorized")
        return key

    def _drawn(self, stored: StoredFile) -> dict[str, Any]:
        url = self.url + stored.path
        return {
            "file_id": stored.id,
            "file_name": stored.name,
            "original_name": stored.original_name,
            "file_size": len(stored.data),
            "mime_type": stored.mime_type,
            "upload_path": stored.folder,
            "file_url": url,
            "download_url": url,
            "upload_time": _told(stored.uploaded_at),
            "expires_at": _told(stored.expires_at),
        }


def _answer(words: str, data: dict[str, Any] | None) -> web.Response:
    return web.json_response({"success": True, "code": 200, "msg": words, "data": data})


def _named(form: Mapping[str, Part], *names: str) -> str | None:
    """Return a text of the form under either of its spellings, fit for a path."""
    for name in names:
        text = form[name].data.decode("utf-8", "replace") if name in form else ""
        if text:
            return _safe(text)
    return None


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._/-]|\.\.", "_", text).strip("/")


def _kind_of(data: bytes) -> str | None:
    for mime_type, (beginning, eighth) in _MAGIC.items():
        if data.startswith(beginning) and data[8:].startswith(eighth):
            return mime_type
    return None


def _told(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(_BEIJING).isoformat()
