"""Parses what Discord's gateway sends, including what a strict parser refuses.

Knows nothing of discord.py. Discord's JSON may hold half a surrogate pair, the rest of
an emoji that somebody's client cut in two. No database, log or request takes that, so
it becomes a replacement character; only where a person typed it is it kept, so that
they can be told.
"""

import json
import math
from typing import Any, NoReturn

import orjson

Frame = dict[str, Any]

DISPATCH, HELLO = 0, 10
_OPCODES = frozenset({DISPATCH, 1, 7, 9, HELLO, 11})
"""Those that a client is sent (Discord docs: Gateway Opcodes)."""
_NOT_TYPED = frozenset({"message", "resolved"})
"""Other people's words that come with an interaction."""
_HALF = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_LONGEST_BEAT_MS = 10 * 60 * 1000


class BrokenFrame(Exception):
    """What came is no frame that a client can use. The text names no content."""


class BrokenSession(BrokenFrame):
    """Without this frame no session can begin."""


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what a text holds, with no half surrogate pair in it.

    Raises:
        ValueError: If it is not JSON.
    """
    return _read(text, keeps_typed=False)


def read_frame(text: str) -> Frame:
    """Return a frame that a client can take in.

    Text of options and form fields is kept as it was typed, half surrogate pairs
    included.

    Raises:
        BrokenFrame: If it is none, or lacks what discord.py takes for granted.
    """
    try:
        frame = _read(text, keeps_typed=True)
    except (ValueError, RecursionError) as error:
        msg = f"no JSON ({type(error).__name__})"
        raise BrokenFrame(msg) from None
    if not isinstance(frame, dict):
        msg = "no object"
        raise BrokenFrame(msg)
    _check(frame)
    return frame


def event_of(frame: Frame) -> str:
    """Return a name for the log: the event's, else the opcode."""
    name = frame.get("t")
    if isinstance(name, str) and name.isascii() and name.replace("_", "").isalnum():
        return name[:40]
    return f"op {frame.get('op')}"[:40]


def _read(text: str | bytes, *, keeps_typed: bool) -> Any:  # noqa: ANN401 - JSON
    """Return what a text holds; what was typed may keep half surrogate pairs."""
    try:
        return orjson.loads(text)  # refuses every text with half a surrogate pair
    except orjson.JSONDecodeError:
        value = json.loads(text, parse_constant=_refuse)
    is_typed = isinstance(value, dict) and value.get("t") == "INTERACTION_CREATE"
    return _whole(value, as_typed=keeps_typed and is_typed)


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)


def _whole(value: object, *, as_typed: bool) -> object:
    """Return a copy without half surrogate pairs, or with those that were typed."""
    match value:
        case str():
            return value.translate(_HALF)
        case list():
            return [_whole(one, as_typed=as_typed) for one in value]
        case dict():
            return {
                key.translate(_HALF): inner
                if as_typed and key == "value" and isinstance(inner, str)
                else _whole(inner, as_typed=as_typed and key not in _NOT_TYPED)
                for key, inner in value.items()
            }
        case _:
            return value


def _check(frame: Frame) -> None:
    """Check what discord.py takes for granted before it looks at the event."""
    op, name, data = frame.get("op"), frame.get("t"), frame.get("d")
    if op not in _OPCODES or isinstance(op, bool):
        msg = "unknown opcode"
        raise BrokenFrame(msg)
    if not isinstance(name, str | None) or not isinstance(frame.get("s"), int | None):
        msg = "no event name or sequence"
        raise BrokenFrame(msg)
    if op == HELLO and not _is_interval(data):
        msg = "no heartbeat interval"
        raise BrokenFrame(msg)
    if name == "RESUMED" and not isinstance(data, dict):
        frame["d"] = {}
    if name == "READY" and not _is_session(data):
        msg = "no session id or address"
        raise BrokenSession(msg)


def _is_interval(data: object) -> bool:
    interval = data.get("heartbeat_interval") if isinstance(data, dict) else None
    return (
        isinstance(interval, int | float)
        and math.isfinite(interval)
        and 0 < interval <= _LONGEST_BEAT_MS
    )


def _is_session(data: object) -> bool:
    if not isinstance(data, dict):
        return False
    fields = (data.get("session_id"), data.get("resume_gateway_url"))
    return all(isinstance(one, str) and one for one in fields)
