"""The bot's requests to the two stand-ins, with the answers."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.traffic import RequestRecord
from sandbox.discord.wire import Json
from sandbox.evolink import EvolinkSandbox
from sandbox.evolink.journal import RecordedRequest

MOST = 150
"""The most requests in the list."""
_MOST_CHARS = 20_000
_TOKEN = re.compile(r"[\w-]{60,}")
"""Interaction tokens: true to life, and nothing to read."""


class Overheard:
    """Reads both stand-ins' notes."""

    def __init__(self, discord: DiscordSandbox, evolink: EvolinkSandbox) -> None:
        self._discord = discord
        self._evolink = evolink

    def latest(self) -> list[Json]:
        """Return the latest requests in short, newest first."""
        found = sorted(self._all(), key=lambda one: float(one[0]["at"]), reverse=True)
        return [short for short, _ in found[:MOST]]

    def detail(self, key: str) -> Json | None:
        """Return what was asked and answered in full; None if it is forgotten."""
        for short, record in self._all():
            if short["key"] == key:
                return short | _both_sides(record)
        return None

    def _all(self) -> Iterator[tuple[Json, RequestRecord | RecordedRequest]]:
        for number, one in enumerate(self._evolink.requests):
            yield _short(one, f"e{number}"), one
        for asked in self._discord.requests:
            yield _short(asked, f"d{asked.at_s!r}"), asked


def _short(record: RequestRecord | RecordedRequest, key: str) -> Json:
    if isinstance(record, RecordedRequest):
        to, at_s = "results" if record.host == "results" else "evolink", record.at
    else:
        to, at_s = "discord", record.at_s
    took_s = record.took_s
    return {
        "key": key,
        "to": to,
        "at": at_s,
        "method": record.method,
        "path": _TOKEN.sub("…", record.path),
        "status": record.status,
        "took_ms": None if took_s is None else round(took_s * 1000),
    }


def _both_sides(record: RequestRecord | RecordedRequest) -> Json:
    if isinstance(record, RecordedRequest):
        return {
            "asked": _pretty(record.body),
            "files": _told(record.files.items()),
            "answered": _loaded(record.answer),
        }
    files = _told((one.filename, one.data) for one in record.uploads)
    return {
        "asked": _pretty(record.body),
        "files": files,
        "answered": _pretty(record.answer),
        "wrong": record.went_wrong,
    }


def _told(files: Iterable[tuple[str, bytes]]) -> list[str]:
    return [f"{name}: {len(data)} bytes" for name, data in files]


def _loaded(answer: bytes) -> str:
    try:
        return _pretty(json.loads(answer)) if answer else ""
    except ValueError:
        return answer.decode(errors="replace")[:_MOST_CHARS]


def _pretty(value: Any) -> str:  # noqa: ANN401 - JSON
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return _TOKEN.sub("…", text)[:_MOST_CHARS]
