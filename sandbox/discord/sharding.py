"""Which shard hears of a server (Discord docs: Sharding)."""

GUILDS_PER_SHARD = 2500
"""A shard that would hear of more is refused: the bot has to begin more shards."""
_TIME_SHIFT = 22


def shard_of(guild_id: int | None, count: int) -> int:
    """Return the shard, of so many, that is told of a server.

    Args:
        guild_id: The server; None for what happens in none, which shard 0 is told.
        count: How many shards the bot says it has.
    """
    return ((guild_id or 0) >> _TIME_SHIFT) % count
