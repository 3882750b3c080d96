"""How processes share out Discord's shards, in a database server's own SQL."""

from sqlalchemy import (
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.database.server_time import server_time
from storage.tables.processes import DEAD_AFTER_S, identify_slots, processes, shards

CHANNEL = "clapper_shards"
"""Where processes hear that a shard is free."""
LEASE_S = 15
"""A shard that was not renewed for so long, by the server's clock, is free."""
IDENTIFY_EVERY_S = 5
"""Between two sessions that begin in one bucket (Discord docs, "Rate Limiting")."""

_IS_HELD = shards.c.until > server_time()
_IS_FREE = or_(shards.c.holder.is_(None), ~_IS_HELD)

COUNT = select(func.count()).select_from(shards)
ANY_HELD = select(exists().where(shards.c.holder.is_not(None), _IS_HELD))
KEEP_AS_THEY_ARE = text("LOCK TABLE shards IN EXCLUSIVE MODE")
"""Until the commit nobody takes a shard; who is taking one is waited for."""
REMOVE = delete(shards)
ADD = insert(shards)

RENEW = text(
    "UPDATE shards SET until = CAST((extract(epoch FROM now()) + :lease_s) * 1000000"
    " AS bigint), session_id = given.session_id, resume_url = given.resume_url,"
    " sequence = given.sequence"
    " FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS given(shard_id bigint,"
    " fence bigint, session_id text, resume_url text, sequence bigint)"
    " WHERE shards.shard_id = given.shard_id AND shards.fence = given.fence"
    " AND shards.holder = :this_process RETURNING shards.shard_id"
)
RELEASE = text(
    "UPDATE shards SET holder = NULL, until = NULL, session_id = given.session_id,"
    " resume_url = given.resume_url, sequence = given.sequence"
    " FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS given(shard_id bigint,"
    " fence bigint, session_id text, resume_url text, sequence bigint)"
    " WHERE shards.shard_id = given.shard_id AND shards.fence = given.fence"
    " AND shards.holder = :this_process"
)
_HOLDER = case((_IS_HELD, shards.c.holder), else_=None)
_LEAVING = (
    select(func.count())
    .select_from(processes)
    .where(processes.c.leaving == 1, processes.c.seen_at > server_time(-DEAD_AFTER_S))
    .scalar_subquery()
)
LEAVE = (
    update(processes)
    .where(processes.c.id == bindparam("this_process"))
    .values(leaving=1)
)
HOLDINGS = select(
    _HOLDER.label("holder"),
    func.count().label("number"),
    _LEAVING.label("leaving"),
).group_by(_HOLDER)
# PostgreSQL evaluates a CTE with FOR UPDATE once. A subquery may be evaluated again for
# each row of a join: it then skips what this statement has just taken, and takes more.
_FREE = (
    select(shards.c.shard_id)
    .where(_IS_FREE, COUNT.scalar_subquery() == bindparam("of_all"))
    .order_by(shards.c.shard_id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
    .cte("free")
)
TAKE = (
    update(shards)
    .where(shards.c.shard_id == _FREE.c.shard_id)
    .values(
        holder=bindparam("this_process"),
        fence=shards.c.fence + 1,
        until=server_time(LEASE_S),
    )
    .returning(shards)
)
NOTIFY = select(func.pg_notify(CHANNEL, ""))

_SLOT = upsert(identify_slots).values(
    bucket=bindparam("of_bucket"), next_at=server_time(IDENTIFY_EVERY_S)
)
DRAW = _SLOT.on_conflict_do_update(
    index_elements=[identify_slots.c.bucket],
    set_={"next_at": server_time(IDENTIFY_EVERY_S)},
    where=identify_slots.c.next_at <= server_time(),
).returning(identify_slots.c.bucket)
NEXT_AT = select(identify_slots.c.next_at, server_time().label("now")).where(
    identify_slots.c.bucket == bindparam("of_bucket")
)
