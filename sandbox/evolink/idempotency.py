"""Which create was already made under an Idempotency-Key.

EvoLink's own client relies on this; its pages do not promise it, so it can be off.
"""

import re
from dataclasses import dataclass

from sandbox.evolink.clock import MovableClock
from sandbox.evolink.refusals import Refusal
from sandbox.evolink.tasks import Task

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_FORM = re.compile(r"[A-Za-z0-9._-]{16,96}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    request: str
    task: Task
    forgotten_at: float
    unresolved_until: float


class KeyBook:
    """The keys in use. They are forgotten after `life_s` on the clock."""

    def __init__(self, clock: MovableClock, life_s: float) -> None:
        self._clock = clock
        self._life_s = life_s
        self._uses: dict[tuple[str, str], _Use] = {}

    def earlier(self, owner: str, key: str, request: str) -> Task | None:
        """Return the task already made under this key, `None` if there is none.

        Raises:
            Refusal: If the key is malformed, was used for another request, or its
                first attempt still counts as unresolved.
        """
        if _FORM.fullmatch(key) is None:
            raise Refusal("invalid_request", "Malformed idempotency key.", param=HEADER)
        use = self._uses.get((owner, key))
        now = self._clock.now()
        if use is None or now >= use.forgotten_at:
            return None
        if use.request != request:
            raise Refusal("idempotency_conflict")
        if now < use.unresolved_until:
            raise Refusal("paid_outcome_unknown")
        return use.task

    def remember(
        self, owner: str, key: str, request: str, task: Task, *, unresolved_s: float
    ) -> None:
        """Tie a key to the task that was made under it."""
        now = self._clock.now()
        self._uses[owner, key] = _Use(
            request=request,
            task=task,
            forgotten_at=now + self._life_s,
            unresolved_until=now + unresolved_s,
        )
