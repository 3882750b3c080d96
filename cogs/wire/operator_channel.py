"""The channel where the operator is told what needs a person."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from discord import ui

from bot.ids import ChannelId
from bot.operations.installation import OperatorMessage
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView
from cogs.drawing.markup import date_and_time, inert
from cogs.wire.discord_wire import NOBODY, DiscordWire, number_of
from cogs.wire.servers import Servers

VALUE_CHARS = 300
_SENTENCES = MappingProxyType(
    {
        "backup-failed": "operator-backup-failed",
        "clock-wrong": "operator-clock-wrong",
        "files-refused": "operator-files-refused",
        "intake-paused": "operator-intake-paused",
        "intake-resumed": "operator-intake-resumed",
        "link-expiring": "operator-link-expiring",
        "model-refused": "operator-model-refused",
        "outage": "operator-outage",
        "outage-ended": "operator-outage-ended",
        "second-task": "operator-second-task",
        "spend-warning": "operator-spend-warning",
        "storage-broken": "operator-storage-broken",
        "storage-full": "operator-storage-full",
        "storage-restored": "operator-storage-restored",
        "unconfirmed": "operator-unconfirmed",
    }
)
"""Events with a sentence of their own; the others are shown as they are."""


class DiscordOperatorChannel:
    """Implements `bot.operations.ports.OperatorChannel`, which says what it does."""

    def __init__(
        self,
        wire: DiscordWire,
        servers: Servers,
        texts: Texts,
        channel_id: int,
    ) -> None:
        self._wire = wire
        self._servers = servers
        self._texts = texts
        self._channel_id = ChannelId(channel_id)

    async def post(self, message: OperatorMessage) -> None:
        nonce = _nonce(message)
        locale = await self._servers.locale_of_channel(self._channel_id)
        words = operator_words(self._texts, locale, message)
        text = ui.TextDisplay[Any](words, id=number_of(nonce))
        async with self._wire.asking("tell operator"):
            await self._wire.post(
                self._channel_id, MessageView(text), nonce, NOBODY, ()
            )

    async def is_posted(self, message: OperatorMessage) -> bool:
        number = number_of(_nonce(message))
        async with self._wire.asking("search operator channel"):
            found = await self._wire.find_numbered(self._channel_id, number)
            return found is not None


def operator_words(texts: Texts, locale: str, message: OperatorMessage) -> str:
    """Return what the operator reads about an event."""
    values = {name: _shown(name, value) for name, value in message.values.items()}
    return _words(texts, locale, message.event, values)


def plain_operator_words(
    texts: Texts, locale: str, event: str, values: Mapping[str, str]
) -> str:
    """Return the same where Discord's markup means nothing, but for its backticks.

    Times are in UTC.
    """
    plain = {name: _plain(name, value) for name, value in values.items()}
    return _words(texts, locale, event, plain)


def _words(
    texts: Texts, locale: str, event: str, values: Mapping[str, str | int]
) -> str:
    sentence = _SENTENCES.get(event)
    if sentence is not None:
        return texts.say(locale, sentence, **values)
    details = ", ".join(f"{name} {value}" for name, value in values.items())
    return texts.say(locale, "operator-event", event=event, details=details)


def _plain(name: str, value: str) -> str | int:
    if name == "minutes" and value.isdecimal():
        return int(value)
    if name.endswith("_at") and value.isdecimal():
        return f"{datetime.fromtimestamp(int(value), UTC):%Y-%m-%d %H:%M} UTC"
    return value[:VALUE_CHARS]


def _shown(name: str, value: str) -> str | int:
    """Return a value as a message shows it.

    Unix seconds become a moment, and minutes a number, which has a plural.
    """
    if name == "minutes" and value.isdecimal():
        return int(value)
    if name.endswith("_at") and value.isdecimal():
        return date_and_time(datetime.fromtimestamp(int(value), UTC))
    return inert(value, VALUE_CHARS)


def _nonce(message: OperatorMessage) -> str:
    # The time tells it from a message of the same number in a restored database.
    return f"op-{message.id % 10**9}-{int(message.told_at.timestamp()) % 10**9}"
