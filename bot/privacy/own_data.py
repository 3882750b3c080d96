"""Exports and erases what is stored about a member."""

import json

import structlog

from bot.clock import Clock
from bot.errors import Refused
from bot.privacy.ports import PrivacyStore
from bot.servers.people import Actor

log = structlog.get_logger(__name__)


class Privacy:
    """Hands a person's data out, or erases it, in all servers at once."""

    def __init__(self, store: PrivacyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def export(self, actor: Actor) -> bytes:
        """Return all that is stored about a person, as indented JSON in UTF-8."""
        tables = await self._store.everything_about(actor.user_id)
        document = {
            "about": str(actor.user_id),
            "at": self._clock.now().isoformat(),
            **tables,
        }
        # Escaped: a prompt may hold half a character, which UTF-8 cannot write.
        return json.dumps(document, indent=2, ensure_ascii=True).encode()

    async def forget(self, actor: Actor) -> None:
        """Erase a person's prompts and user id. It cannot be undone.

        Raises:
            Refused: While one of their jobs is open.
        """
        erased = await self._store.forget(actor.user_id, self._clock.now())
        if erased is None:
            raise Refused("refused-forget-open")
        log.info("member data erased", jobs=erased)
