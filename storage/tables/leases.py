"""Leases of rows that one worker at a time is about: cards, messages, greetings."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    Update,
    bindparam,
    func,
    or_,
    select,
    text,
    type_coerce,
    union_all,
    update,
)

from storage.tables.column_types import Instant, WholeNumber


def lease_columns(prefix: str = "") -> list[Column[Any]]:
    """Return the columns of a lease: until when it is taken, and its fence."""
    return [
        Column(f"{prefix}lease", Instant),
        Column(f"{prefix}fence", WholeNumber, nullable=False, server_default=text("0")),
    ]


def free(lease: Column[Any]) -> ColumnElement[bool]:
    """Return SQL that is true for rows whose lease is not taken.

    It takes the parameter `now`.
    """
    return or_(lease.is_(None), lease <= bindparam("now", type_=Instant))


class Leases:
    """The statements that take, keep and end the leases of one table's rows."""

    def __init__(self, table: Table, key: Column[Any], prefix: str = "") -> None:
        """Make them; each takes the parameter `this_row`, which `key` identifies."""
        self.table = table
        self.lease = table.c[f"{prefix}lease"]
        self.fence = table.c[f"{prefix}fence"]
        this = key == bindparam("this_row")
        self.free = free(self.lease)
        self.claim = (
            update(table)
            .where(this, self.free)
            .values(
                {
                    self.lease: bindparam("until", type_=Instant),
                    self.fence: self.fence + 1,
                }
            )
            .returning(table)
        )
        """Takes a lease that ends at `until`, unless another has it."""
        self.held: Update = update(table).where(
            this, self.fence == bindparam("this_fence")
        )
        """Changes a row that is still held by the claim `this_fence`."""
        self.ended = self.held.values({self.lease: None})
        """The same, and ends the lease."""
        self.renewed = self.held.where(self.lease.is_not(None)).values(
            {self.lease: bindparam("until", type_=Instant)}
        )
        """Lets a lease that has not ended end at `until`."""
        # What is not due is much, and has nothing that a lease would hold up.
        self.clear = (
            update(table)
            .where(table.c.due_at.is_not(None), self.lease.is_not(None))
            .values({self.lease: None, self.fence: self.fence + 1})
        )
        """Lets all be free, and every claim be lost."""

    def next_due(self, *wanted: ColumnElement[bool]) -> Select[Any]:
        """Return what selects when a row can be claimed next, of those `wanted`.

        That is when a free row is or was due, or the first lease of a due one ends.
        """
        due_at, now = self.table.c.due_at, bindparam("now", type_=Instant)
        times = union_all(
            select(func.min(due_at).label("at")).where(
                due_at.is_not(None), self.free, *wanted
            ),
            select(func.min(self.lease)).where(due_at <= now, self.lease > now),
        ).subquery()
        return select(type_coerce(func.min(times.c.at), Instant))
