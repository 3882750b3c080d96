"""What the gateway itself has to say, apart from what happens in the world."""

from collections.abc import Sequence

from sandbox.discord.gateway_session import Session
from sandbox.discord.payloads import member_payload, own_user_payload
from sandbox.discord.records import Guild, User
from sandbox.discord.wire import Json, as_id


def ready_payload(
    bot: User, session: Session, guilds: Sequence[Guild], *, url: str, flags: int
) -> Json:
    """Return READY: who the client is, and in which servers, which follow.

    Args:
        bot: The account.
        session: What begins.
        guilds: The servers that this session is told of.
        url: Where to resume.
        flags: Those of the application.
    """
    return {
        "v": 10,
        "user": own_user_payload(bot),
        "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": url,
        "shard": list(session.shard),
        "application": {"id": str(bot.id), "flags": flags},
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "geo_ordered_rtc_regions": [],
        "user_settings": {},
        "_trace": ["sandbox"],
    }


def members_chunk(guild: Guild, asked: Json) -> Json:
    """Return the members of a server that a client asked for by their ids."""
    ids = asked.get("user_ids") or []
    wanted = {as_id(one) for one in (ids if isinstance(ids, list) else [ids])}
    known = [one for one in guild.members.values() if one.user.id in wanted]
    chunk: Json = {
        "guild_id": str(guild.id),
        "members": [member_payload(one) for one in known],
        "chunk_index": 0,
        "chunk_count": 1,
        "not_found": [],
    }
    if "nonce" in asked:
        chunk["nonce"] = asked["nonce"]
    return chunk
