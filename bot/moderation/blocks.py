"""Members who may ask for nothing for a while, by a moderator's decision."""

import re
from datetime import timedelta

from bot.clock import Clock
from bot.errors import Refused
from bot.ids import UserId
from bot.moderation.policy import Block
from bot.moderation.ports import ModerationStore
from bot.servers.audit import REASON_MAX_CHARS, entry_by, member_subject
from bot.servers.people import Actor, require_moderator

_FORM = re.compile(r"\s*([1-9][0-9]{0,4})\s*([mhdw])\s*", re.ASCII | re.IGNORECASE)
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=3660)
"""Ten years: longer is meant to be for ever, which is said by leaving it out."""


def parse_duration(text: str) -> timedelta | None:
    """Return a length of time as typed, such as `30m` or `7d`; None if it is none."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    length = int(match[1]) * _UNITS[match[2].lower()]
    return length if length <= LONGEST else None


class Blocks:
    """Blocks and unblocks members of a server.

    Both methods raise `NotAllowed` to anybody but moderators.
    """

    def __init__(self, store: ModerationStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def block(
        self,
        actor: Actor,
        user_id: UserId,
        *,
        duration: str | None = None,
        reason: str | None = None,
    ) -> Block:
        """Block a member, for a length of time as it was typed, or until unblocked.

        An existing block is replaced. Earlier requests go on.

        Raises:
            Refused: If the duration is not written like one.
        """
        require_moderator(actor)
        length = _length(duration)
        now = self._clock.now()
        block = Block(
            user_id=user_id,
            until=None if length is None else now + length,
            reason=_cut(reason),
            blocked_by=actor.user_id,
            at=now,
        )
        until = None if block.until is None else block.until.isoformat()
        entry = entry_by(
            actor,
            now,
            "moderation.block",
            member_subject(user_id),
            after={"until": until},
            reason=block.reason,
        )
        await self._store.block(actor.guild_id, block, entry)
        return block

    async def unblock(self, actor: Actor, user_id: UserId) -> None:
        """Lift a member's block.

        Raises:
            Refused: If they are not blocked.
        """
        require_moderator(actor)
        entry = entry_by(
            actor, self._clock.now(), "moderation.unblock", member_subject(user_id)
        )
        if not await self._store.unblock(actor.guild_id, user_id, entry):
            raise Refused("refused-not-blocked")


def _length(duration: str | None) -> timedelta | None:
    if duration is None:
        return None
    length = parse_duration(duration)
    if length is None:
        raise Refused("refused-block-duration")
    return length


def _cut(reason: str | None) -> str | None:
    cut = (reason or "").strip()[:REASON_MAX_CHARS]
    return cut or None
