"""Who asks, and what."""

import itertools
from typing import Any

from bot.ids import ChannelId, GuildId, InteractionId, UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.requests.incoming import IncomingRequest
from bot.servers.people import Actor
from bot.servers.places import Permission, Place
from tests.factories import make_job, make_request

_interactions = itertools.count(77_000)


def make_actor(**overrides: Any) -> Actor:
    """Return the member whose jobs `make_job` makes, with no rights."""
    job = make_job()
    fields: dict[str, Any] = {
        "user_id": job.user_id,
        "guild_id": job.guild_id,
        "is_moderator": False,
        "is_manager": False,
    }
    return Actor(**(fields | overrides))


def somebody_else(*, is_moderator: bool = False) -> Actor:
    return make_actor(user_id=UserId(99), is_moderator=is_moderator)


def moderator_of_another_server() -> Actor:
    return make_actor(guild_id=GuildId(98), is_moderator=True)


def make_incoming(**overrides: Any) -> IncomingRequest:
    """Return a proper request; `Place` and `VideoRequest` fields go by their names.

    With a `picture` to read it is about one that its member has attached.
    """
    place: dict[str, Any] = {
        "is_in_server": True,
        "takes_messages": True,
        "is_thread": False,
        "is_voice": False,
        "is_hidden": False,
        "timed_out_until": None,
        "is_closed": False,
        "is_age_restricted": False,
        "allowed": frozenset(Permission),
    }
    for name in set(overrides) & set(place):
        place[name] = overrides.pop(name)
    fields: dict[str, Any] = {
        "actor": make_actor(),
        "channel_id": ChannelId(5),
        "locale": "de",
        "interaction_id": InteractionId(next(_interactions)),
        "interaction_token": "token-of-an-interaction",
        "application_id": 6,
        "place": Place(**place),
        "picture": None,
    }
    fields |= {name: overrides.pop(name) for name in set(overrides) & set(fields)}
    if fields["picture"] is not None:
        overrides["picture"] = PictureUse(
            kind=PictureKind.ATTACHED, owner_id=fields["actor"].user_id
        )
    return IncomingRequest(**fields, request=make_request(**overrides))
