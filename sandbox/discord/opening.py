"""How an action becomes an interaction that the bot is told of."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.discord.access import Access
from sandbox.discord.dispatches import Dispatch, DispatchLine
from sandbox.discord.feed import Feed
from sandbox.discord.handle import Handle
from sandbox.discord.interaction_payloads import InteractionPayloads, owners
from sandbox.discord.interactions import Interaction, InteractionKind, Interactions
from sandbox.discord.messages import Message, Origin
from sandbox.discord.payloads import user_payload
from sandbox.discord.records import Channel, User
from sandbox.discord.wire import Json
from sandbox.discord.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAction:
    """An interaction to be."""

    kind: InteractionKind
    user: User
    channel: Channel
    data: Json
    source: Message | None = None
    trigger: Interaction | None = None
    """The interaction that opened the modal that is sent in now."""
    locale: str | None = None
    """The person's language, if not the one of their account."""


@dataclass(frozen=True, kw_only=True)
class OpeningParts:
    """The parts that opening an interaction needs."""

    world: World
    interactions: Interactions
    payloads: InteractionPayloads
    access: Access
    line: DispatchLine
    feed: Feed
    watch: Callable[[Interaction], None]
    """Sees to it that an unanswered interaction is reported as failed."""


class Opening:
    """Opens interactions."""

    def __init__(self, parts: OpeningParts) -> None:
        self._parts = parts

    def open(self, action: UserAction) -> Handle:
        """Open an interaction for the action, and tell the bot."""
        parts = self._parts
        guild = parts.world.guild_of(action.channel)
        limit_bytes = max(
            parts.access.upload_limit_bytes(action.channel),
            action.user.upload_limit_bytes,
        )

        def build(interaction_id: int, token: str, now_s: float) -> Interaction:
            return Interaction(
                id=interaction_id,
                token=token,
                kind=action.kind,
                user=action.user,
                channel=action.channel,
                guild=guild,
                data=action.data,
                origin=_origin(interaction_id, action, owners(guild)),
                opened_s=now_s,
                attachment_limit_bytes=limit_bytes,
                source=action.source,
            )

        interaction = parts.interactions.open(build)
        locale = action.locale or action.user.locale
        payload = parts.payloads.written(interaction, locale)
        parts.watch(interaction)
        guild_id = guild.id if guild else None
        parts.line.send(
            Dispatch(name="INTERACTION_CREATE", payload=payload, guild_id=guild_id)
        )
        return Handle(interaction, interactions=parts.interactions, feed=parts.feed)


def _origin(interaction_id: int, action: UserAction, installed_by: Json) -> Origin:
    metadata: Json = {
        "id": str(interaction_id),
        "type": int(action.kind),
        "user": user_payload(action.user),
        "authorizing_integration_owners": installed_by,
    }
    if action.trigger is not None:
        metadata["triggering_interaction_metadata"] = action.trigger.origin.metadata
    elif action.source is not None:
        metadata["interacted_message_id"] = str(action.source.id)
    words = [action.data.get("name")]
    options = action.data.get("options") or []
    while options and options[0]["type"] in (1, 2):
        words.append(options[0]["name"])
        options = options[0]["options"]
    return Origin(
        interaction_id=interaction_id,
        interaction_type=int(action.kind),
        user=action.user,
        command_name=" ".join(word for word in words if word) or None,
        metadata=metadata,
    )
