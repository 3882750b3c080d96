"""A server's moderation settings, changed by its admins; each change is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.clock import Clock
from bot.errors import Refused
from bot.ids import ChannelId
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.ports import ModerationStore, Revised
from bot.moderation.prompt_rules.rules import PatternInvalid, check_rule
from bot.moderation.records import (
    MOST_REGEXES,
    MOST_WORDS,
    Applies,
    ModerationSettings,
    WordKind,
    WordRule,
)
from bot.servers.audit import AuditValues, entry_by, role_subject
from bot.servers.people import Actor, require_manager, require_moderator

MOST_ROLES = 25


class Purpose(StrEnum):
    """What a channel is set for."""

    REVIEW = "review"
    LOG = "log"


class Change(StrEnum):
    """What is done to a list."""

    ADD = "add"
    REMOVE = "remove"


class Moderation:
    """Everything under `/moderation` that changes or shows settings.

    Every method raises `NotAllowed` to anybody but admins; `view` lets moderators pass.
    """

    def __init__(self, store: ModerationStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def view(self, actor: Actor) -> ModerationSettings:
        """Return the server's settings, to be looked at."""
        require_moderator(actor)
        return await self._store.settings(actor.guild_id)

    async def settings(self, actor: Actor) -> ModerationSettings:
        """Return the server's settings, to be changed."""
        require_manager(actor)
        return await self._store.settings(actor.guild_id)

    async def set_policy(self, actor: Actor, policy: SpicyPolicy) -> ModerationSettings:
        """Decide about spicy."""

        def change(old: ModerationSettings, at: datetime) -> Revised:
            entry = entry_by(
                actor,
                at,
                "moderation.policy",
                "server",
                before={"policy": old.policy.value},
                after={"policy": policy.value},
            )
            return replace(old, policy=policy), entry

        return await self._revise(actor, change)

    async def set_pictures(
        self, actor: Actor, policy: PicturesPolicy
    ) -> ModerationSettings:
        """Decide whose pictures a clip may begin with."""

        def change(old: ModerationSettings, at: datetime) -> Revised:
            entry = entry_by(
                actor,
                at,
                "moderation.pictures",
                "server",
                before={"pictures": old.pictures.value},
                after={"pictures": policy.value},
            )
            return replace(old, pictures=policy), entry

        return await self._revise(actor, change)

    async def change_role(
        self, actor: Actor, change: Change, role_id: int
    ) -> ModerationSettings:
        """Let a role use spicy, or no longer. Removing what is not there is harmless.

        Raises:
            Refused: If there would be too many.
        """

        def changed(old: ModerationSettings, at: datetime) -> Revised:
            if change is Change.ADD:
                roles = old.spicy_role_ids | {role_id}
            else:
                roles = old.spicy_role_ids - {role_id}
            if len(roles) > MOST_ROLES:
                raise Refused("refused-roles-many", most=MOST_ROLES)
            entry = entry_by(
                actor,
                at,
                "moderation.spicy-role",
                role_subject(role_id),
                before={"allowed": role_id in old.spicy_role_ids},
                after={"allowed": role_id in roles},
            )
            return replace(old, spicy_role_ids=roles), entry

        return await self._revise(actor, changed)

    async def set_channel(
        self, actor: Actor, purpose: Purpose, channel_id: ChannelId | None
    ) -> ModerationSettings:
        """Set where requests are reviewed, or actions are logged; None = nowhere."""
        field = f"{purpose}_channel_id"

        def change(old: ModerationSettings, at: datetime) -> Revised:
            # As text, because a spreadsheet would round so long a number.
            entry = entry_by(
                actor,
                at,
                "moderation.channel",
                purpose.value,
                before={"channel": _as_text(getattr(old, field))},
                after={"channel": _as_text(channel_id)},
            )
            if purpose is Purpose.REVIEW:
                return replace(old, review_channel_id=channel_id), entry
            return replace(old, log_channel_id=channel_id), entry

        return await self._revise(actor, change)

    async def completed(
        self,
        actor: Actor,
        pattern: str,
        kind: WordKind | None,
        applies: Applies | None,
    ) -> WordRule:
        """Return a rule in which what was left out is as the pattern has it already.

        A new pattern is a word, for every prompt.
        """
        known = _rule((await self.settings(actor)).words, pattern)
        return WordRule(
            pattern=pattern,
            kind=kind or (known.kind if known else WordKind.WORD),
            applies=applies or (known.applies if known else Applies.ALWAYS),
        )

    async def add_word(self, actor: Actor, rule: WordRule) -> ModerationSettings:
        """Add a rule for prompts, in place of one with the same pattern.

        Raises:
            Refused: If the pattern cannot be used, or there would be too many.
        """
        require_manager(actor)
        try:
            check_rule(rule)
        except PatternInvalid as error:
            text_id = f"refused-pattern-{error.fault}"
            raise Refused(text_id) from error

        def change(old: ModerationSettings, at: datetime) -> Revised:
            known = _rule(old.words, rule.pattern)
            words = (*(one for one in old.words if one is not known), rule)
            _check_numbers(words)
            entry = entry_by(
                actor,
                at,
                "moderation.word",
                "server",
                before=None if known is None else _described(known),
                after=_described(rule),
            )
            return replace(old, words=words), entry

        return await self._revise(actor, change)

    async def remove_word(self, actor: Actor, pattern: str) -> ModerationSettings:
        """Remove a rule, by its pattern as it was given.

        Raises:
            Refused: If there is no such rule.
        """

        def change(old: ModerationSettings, at: datetime) -> Revised:
            known = _rule(old.words, pattern)
            if known is None:
                raise Refused("refused-pattern-unknown")
            words = tuple(one for one in old.words if one is not known)
            entry = entry_by(
                actor, at, "moderation.word", "server", before=_described(known)
            )
            return replace(old, words=words), entry

        return await self._revise(actor, change)

    async def _revise(
        self,
        actor: Actor,
        change: Callable[[ModerationSettings, datetime], Revised],
    ) -> ModerationSettings:
        require_manager(actor)
        at = self._clock.now()
        return await self._store.revise(actor.guild_id, lambda old: change(old, at))


def _rule(words: Sequence[WordRule], pattern: str) -> WordRule | None:
    return next((one for one in words if one.pattern == pattern), None)


def _check_numbers(words: Sequence[WordRule]) -> None:
    if len(words) > MOST_WORDS:
        raise Refused("refused-words-many", most=MOST_WORDS)
    regexes = sum(one.kind is WordKind.REGEX for one in words)
    if regexes > MOST_REGEXES:
        raise Refused("refused-regexes-many", most=MOST_REGEXES)


def _described(rule: WordRule) -> AuditValues:
    return {
        "pattern": rule.pattern,
        "kind": rule.kind.value,
        "applies": rule.applies.value,
    }


def _as_text(channel_id: ChannelId | None) -> str | None:
    return None if channel_id is None else str(channel_id)
