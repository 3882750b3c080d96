"""All that is stored about one person, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.ids import UserId
from bot.jobs.due import Due
from bot.quotas.limits import Scope
from bot.servers.audit import member_subject
from storage.privacy.json_rows import JsonRows, as_stored
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
"""Rows read at once for an export: with half as many it takes a tenth longer."""
FEW = 4
"""The same of pictures, of which each may have megabytes."""

_me: BindParameter[int] = bindparam("me")


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
        chosen = tuple(columns)
        self._json = JsonRows(chosen)
        self._key = key
        self.first = (
            select(*map(as_stored, chosen)).where(about).order_by(*key).limit(page)
        )
        """Selects the first page of rows."""
        self.later = _later(self.first, key, page)
        """Selects the next one; it takes what `after` returns, too."""

    def after(self, rows: Sequence[Row[Any]]) -> Mapping[str, Any]:
        """Return the parameters that say which page was the last."""
        return {f"after_{k.name}": getattr(rows[-1], k.name) for k in self._key}

    def encoded(self, rows: Sequence[Row[Any]]) -> Sequence[str]:
        """Return each row as a JSON object."""
        return self._json.encode(rows)


def about_whom(user_id: UserId) -> Mapping[str, Any]:
    """Return the parameters of a source that say who it is about."""
    return {"me": user_id, "subject": member_subject(user_id)}


def _later(first: Select[Any], key: Sequence[Column[Any]], page: int) -> Select[Any]:
    """Select the page after the last row of another one."""
    columns = [as_stored(column) for column in key]
    last = [bindparam(f"after_{k.name}", type_=as_stored(k).type) for k in key]
    # Of a tuple that ends with a table's rowid SQLite looks up the first value alone:
    # each page would read all rows before it that have the same.
    ends_with_rowid = key[-1].primary_key and isinstance(key[-1].type, Integer)
    if len(key) == 1 or not ends_with_rowid:
        return first.where(tuple_(*columns) > tuple_(*last))
    rest = first.where(columns[0] == last[0], columns[1] > last[1]).subquery()
    others = first.where(columns[0] > last[0]).subquery()
    both = union_all(rest.select(), others.select()).subquery()
    return select(both).order_by(*(both.c[one.name] for one in key)).limit(page)


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
