"""Column types that store our values exactly, in what strict tables accept.

Rows are read far more often than written, a job's with some twenty such columns: so
each type says itself how a value is read, which saves SQLAlchemy's steps in between.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Double, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.sqltypes import REAL
from sqlalchemy.types import TypeDecorator, TypeEngine

_E = TypeVar("_E", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite's strict tables know INTEGER and REAL only, of 64 bits both (SQLite docs:
# STRICT Tables); elsewhere the same names would be half as wide.
WholeNumber: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
Number: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as whole microseconds since 1970: exact, and quick to order.

    Reading gives UTC. Writing a naive time raises ValueError: nobody could know which
    hour it means.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the integer that this database has."""
        return dialect.type_descriptor(WholeNumber)

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> int | None:
        """Return the microseconds of a time."""
        if value is None:
            return None
        if value.utcoffset() is None:
            msg = "a stored time must be aware"
            raise ValueError(msg)
        return (value - _EPOCH) // _MICROSECOND

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
        coltype: object,  # noqa: ARG002 - likewise
    ) -> Callable[[int | None], datetime | None]:
        """Return what turns microseconds into a time."""

        def read(value: int | None) -> datetime | None:
            return None if value is None else _EPOCH + timedelta(microseconds=value)

        return read


class Word(TypeDecorator[_E]):
    """A member of an enum, kept as its value. Other values are refused both ways."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[_E]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(
        self,
        value: _E | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> str | None:
        """Return the value of a member."""
        return None if value is None else self.members(value).value

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
        coltype: object,  # noqa: ARG002 - likewise
    ) -> Callable[[str | None], _E | None]:
        """Return what turns values into members."""
        members = self.members

        def read(value: str | None) -> _E | None:
            return None if value is None else members(value)

        return read


_NONE: frozenset[int] = frozenset()


class Ids(TypeDecorator[frozenset[int]]):
    """A set of Discord's ids, kept as numbers with spaces between; NULL if empty."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: frozenset[int] | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> str | None:
        """Return the numbers in order."""
        return " ".join(str(one) for one in sorted(value)) if value else None

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
        coltype: object,  # noqa: ARG002 - likewise
    ) -> Callable[[str | None], frozenset[int]]:
        """Return what turns numbers into a set."""

        def read(value: str | None) -> frozenset[int]:
            return frozenset(int(one) for one in value.split()) if value else _NONE

        return read


class JsonText(TypeDecorator[Any]):
    """A JSON value, kept as its text: strict tables have no type for it."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: object,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> str | None:
        """Return the text of a value; None stays NULL."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> object:
        """Return the value."""
        return None if value is None else json.loads(value)


class Flag(TypeDecorator[bool]):
    """True or false, kept as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(
        self,
        value: bool | None,  # noqa: FBT001 - the signature is SQLAlchemy's
        dialect: Dialect,  # noqa: ARG002 - likewise
    ) -> int | None:
        """Return 1 or 0."""
        return None if value is None else int(value)

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
        coltype: object,  # noqa: ARG002 - likewise
    ) -> Callable[[int | None], bool | None]:
        """Return what turns 1 and 0 into true and false."""

        def read(value: int | None) -> bool | None:
            return None if value is None else value == 1

        return read
