"""Rows as JSON objects, from values as they are stored.

An export may have tens of thousands of them, and has two seconds (benchmark `history`):
so each column of a page is encoded at once, and each different value in it once. Most
columns of a job are NULL, or have few values.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Text,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from storage.tables.column_types import (
    Flag,
    Ids,
    Instant,
    JsonText,
    WholeNumber,
    Word,
)

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - `_time` writes UTC behind it: aware times take twice as long
_EXACT_UP_TO = 2**53
"""Readers of JSON round greater numbers, such as ids."""
_RAW: Mapping[type, TypeEngine[Any]] = {
    Instant: WholeNumber,
    Flag: Integer(),
    Word: Text(),
    Ids: Text(),
    JsonText: Text(),
}
# Text is escaped: a prompt may hold half a character, which UTF-8 cannot write.
_encode = json.JSONEncoder(ensure_ascii=True).encode


def _time(stored: int) -> str:
    return f'"{(_EPOCH + timedelta(microseconds=stored)).isoformat()}+00:00"'


def _number(stored: int) -> str:
    exact = -_EXACT_UP_TO <= stored <= _EXACT_UP_TO
    return str(stored) if exact else f'"{stored}"'


_ENCODERS: Mapping[type, Callable[[Any], str]] = {
    Instant: _time,
    Flag: lambda stored: "true" if stored else "false",
    Ids: lambda stored: _encode(sorted(stored.split())),
    JsonText: lambda stored: _encode(json.loads(stored)),
    LargeBinary: lambda stored: _encode(b64encode(stored).decode()),
    Integer: _number,
    BigInteger: _number,
}
"""How a stored value becomes JSON, where `_encode` alone is not enough."""
_EMPTY: Mapping[type, str] = {Ids: "[]"}
"""What NULL becomes, where that is not `null`."""


class JsonRows:
    """Encodes rows of some columns, which are selected `as_stored`, in their order."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._columns = columns
        pairs = (f"{_encode(column.name)}: %s" for column in columns)
        self._template = "{" + ", ".join(pairs) + "}"

    def encode(self, rows: Sequence[Row[Any]]) -> Sequence[str]:
        """Return each row as a JSON object on one line, in ASCII."""
        if not rows:
            return []
        columns = map(_encoded, self._columns, zip(*rows, strict=True))
        return [self._template % values for values in zip(*columns, strict=True)]


def as_stored(column: Column[Any]) -> ColumnElement[Any]:
    """Return what selects a column without turning its values into ours."""
    raw = _RAW.get(type(column.type))
    return column if raw is None else type_coerce(column, raw)


def _encoded(column: Column[Any], values: Sequence[Any]) -> Iterable[str]:
    kind = type(column.type)
    encode = _ENCODERS.get(kind, _encode)
    known = {value: encode(value) for value in set(values) if value is not None}
    known[None] = _EMPTY.get(kind, "null")
    return map(known.__getitem__, values)
