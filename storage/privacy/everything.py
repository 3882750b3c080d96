"""All that is stored about one person, page by page, as JSON.

Rows are read as they are stored, and encoded column by column: there may be a hundred
thousand of them, and most columns of a job are empty.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import TypeEngine

from bot.ids import UserId
from bot.jobs.due import Due
from bot.quotas.limits import Scope
from bot.servers.audit import member_subject
from storage.tables.column_types import (
    Flag,
    Ids,
    Instant,
    JsonText,
    WholeNumber,
    Word,
)
from storage.tables.jobs import fence_of, jobs, lease_of
from storage.tables.moderation import blocks, reports
from storage.tables.pictures import pictures
from storage.tables.quotas import ledger, limits
from storage.tables.requests import member_settings
from storage.tables.servers import audit

# Tokens and the like are not about the person, and would help a thief of the file.
_LEFT_OUT = frozenset(
    {
        "interaction_token",
        "submit_key",
        "callback_hash",
        "result_url",
        "picture_url",
        *(lease_of(kind).name for kind in Due),
        *(fence_of(kind).name for kind in Due),
    }
)

PAGE = 2000
"""Rows read at once for an export."""
FEW = 4
"""The same of pictures, of which each may have megabytes."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC is written behind it, in half the time
_EXACT_UP_TO = 2**53
"""Readers of JSON round greater numbers, such as ids."""
_RAW: Mapping[type, TypeEngine[Any]] = {
    Instant: WholeNumber,
    Flag: Integer(),
    Word: Text(),
    Ids: Text(),
    JsonText: Text(),
}
_me: BindParameter[int] = bindparam("me")


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


class _Source:
    """Rows about a person, in the order of an index that finds them."""

    def __init__(
        self,
        table: str,
        columns: Iterable[Column[Any]],
        about: ColumnElement[bool],
        key: tuple[Column[Any], ...],
        *,
        page: int = PAGE,
    ) -> None:
        """Make the statements. Each takes what `about_whom` returns."""
        self.table = table
        """What the export calls it."""
        self.page = page
        """How many rows are read at once."""
        self._columns = list(columns)
        self._key = key
        self._template = _object_of([column.name for column in self._columns])
        self.first = (
            select(*map(_stored, self._columns)).where(about).order_by(*key).limit(page)
        )
        """Selects the first page of rows."""
        self.later = _later(self.first, key, page)
        """Selects the next one; it takes what `after` returns, too."""

    def after(self, rows: Sequence[Row[Any]]) -> Mapping[str, Any]:
        """Return the parameters that say which page was the last."""
        return {f"after_{k.name}": getattr(rows[-1], k.name) for k in self._key}

    def encoded(self, rows: Sequence[Row[Any]]) -> Sequence[str]:
        """Return each row as a JSON object."""
        if not rows:
            return []
        columns = map(_encoded, self._columns, zip(*rows, strict=True))
        return [self._template % values for values in zip(*columns, strict=True)]


def about_whom(user_id: UserId) -> Mapping[str, Any]:
    """Return the parameters of a source that say who it is about."""
    return {"me": user_id, "subject": member_subject(user_id)}


def _later(first: Select[Any], key: Sequence[Column[Any]], page: int) -> Select[Any]:
    """Select the page after the last row of another one."""
    columns = [_stored(column) for column in key]
    last = [bindparam(f"after_{k.name}", type_=_stored(k).type) for k in key]
    if len(key) == 1:
        return first.where(columns[0] > last[0])
    # Both at once, as a tuple, SQLite compares by the first alone where the second is
    # the table's rowid: each page would read all before it in the same server.
    rest = first.where(columns[0] == last[0], columns[1] > last[1]).subquery()
    others = first.where(columns[0] > last[0]).subquery()
    both = union_all(rest.select(), others.select()).subquery()
    return select(both).order_by(*(both.c[one.name] for one in key)).limit(page)


def _object_of(names: Sequence[str]) -> str:
    """Return a JSON object with a place for the value of each name, in this order."""
    return "{" + ", ".join(f"{_encode(name)}: %s" for name in names) + "}"


def _stored(column: Column[Any]) -> ColumnElement[Any]:
    raw = _RAW.get(type(column.type))
    return column if raw is None else type_coerce(column, raw)


def _encoded(column: Column[Any], values: Sequence[Any]) -> Iterable[str]:
    """Return the stored values of a column as JSON."""
    kind = type(column.type)
    encode = _ENCODERS.get(kind, _encode)
    # Most columns of a page have few different values, and many only NULL.
    known = {value: encode(value) for value in set(values) if value is not None}
    known[None] = _EMPTY.get(kind, "null")
    return map(known.__getitem__, values)


SOURCES = (
    _Source(
        "jobs",
        [column for column in jobs.c if column.name not in _LEFT_OUT],
        jobs.c.user_id == _me,
        (jobs.c.requested_at, jobs.c.id),
    ),
    _Source(
        # Clips that others had made from their pictures.
        "pictures_used",
        [
            jobs.c.id,
            jobs.c.guild_id,
            jobs.c.channel_id,
            jobs.c.requested_at,
            jobs.c.picture_kind,
        ],
        and_(jobs.c.picture_owner_id == _me, jobs.c.user_id != _me),
        (jobs.c.id,),
    ),
    _Source(
        "pictures",
        [pictures.c.job_id, pictures.c.data],
        and_(
            pictures.c.data.is_not(None),
            exists().where(
                jobs.c.id == pictures.c.job_id,
                or_(jobs.c.user_id == _me, jobs.c.picture_owner_id == _me),
            ),
        ),
        (pictures.c.job_id,),
        page=FEW,
    ),
    _Source(
        "ledger", ledger.c, ledger.c.user_id == _me, (ledger.c.guild_id, ledger.c.id)
    ),
    _Source(
        "limits",
        limits.c,
        and_(limits.c.scope == Scope.MEMBER, limits.c.subject_id == _me),
        (limits.c.guild_id,),
    ),
    _Source(
        "settings",
        member_settings.c,
        member_settings.c.user_id == _me,
        (member_settings.c.guild_id,),
    ),
    _Source("blocks", blocks.c, blocks.c.user_id == _me, (blocks.c.guild_id,)),
    _Source("reports", reports.c, reports.c.reporter_id == _me, (reports.c.id,)),
    _Source("audit", audit.c, audit.c.actor_id == _me, (audit.c.id,)),
    _Source(
        "audit",
        audit.c,
        and_(
            audit.c.subject == bindparam("subject"),
            audit.c.actor_id.is_distinct_from(_me),
        ),
        (audit.c.id,),
    ),
)
"""All tables with rows about a person; those of one table follow each other."""
