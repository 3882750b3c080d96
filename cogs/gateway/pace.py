"""When a shard may come back to the gateway: resume, or begin a new session.

Discord allows 1000 new sessions a day and resets the token of a bot that begins more,
so sessions that keep failing must not be begun at full speed. Pure arithmetic on the
seconds of a monotonic clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

QUICK_END_S = 60.0
"""A connection that lasts longer was a good one."""
GOOD_SESSION_S = 300.0
LONGEST_RESUME_PAUSE_S = 32.0
FIRST_GAP_S = 5.0
"""Between two new sessions of one of Discord's `max_concurrency` buckets."""
LONGEST_GAP_S = 120.0
"""So that 720 sessions a day are the most."""
FRUITLESS_RESUMES = 3
"""After so many that brought no event, something that is sent again breaks them."""
LIMIT_HOLDS_S = 60.0
"""How long we believe what Discord said of the sessions that are left: other processes
begin some, too."""
FEW_LEFT = 200
"""With fewer sessions left, Discord is asked before each."""
_DAY_S = 24 * 3600.0


@dataclass(slots=True)
class _Shard:
    """What is known of one shard's connections."""

    connected_s: float | None = None
    quick_ends: int = 0
    fruitless: int = 0
    identified_s: float | None = None
    short_sessions: int = 0
    not_before_s: float = 0.0


class GatewayPace:
    """Remembers how connections ended, and decides how long to wait."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._shards: dict[int, _Shard] = {}
        self._not_before_s: dict[int, float] = {}
        self.max_concurrency = 1
        """How many shards may begin a session at once: one in each bucket."""
        self._left: int | None = None
        self._resets_s = 0.0
        self._told_s = now_s()

    def note_session_limit(self, limits: object) -> None:
        """Take in how many sessions Discord still allows (`session_start_limit`)."""
        if not isinstance(limits, Mapping):
            return
        left, reset_after_ms = limits.get("remaining"), limits.get("reset_after")
        if isinstance(left, int) and isinstance(reset_after_ms, int | float):
            reset_after_s = min(max(reset_after_ms / 1000, 0.0), _DAY_S)
            self._told_s = self._now_s()
            self._left, self._resets_s = left, self._told_s + reset_after_s

    @property
    def limit_is_old(self) -> bool:
        """Whether to ask Discord again how many sessions are left."""
        few = self._left is not None and self._left < FEW_LEFT
        return few or self._now_s() - self._told_s > LIMIT_HOLDS_S

    def bucket_of(self, shard_id: int) -> int:
        """Return the bucket in which a shard begins sessions."""
        return shard_id % self.max_concurrency

    def identify_wait_s(self, shard_id: int) -> float:
        """Return how long a shard must wait before it may begin a new session."""
        now_s, shard = self._now_s(), self._shard(shard_id)
        of_bucket_s = self._not_before_s.get(self.bucket_of(shard_id), 0.0)
        not_before_s = max(of_bucket_s, shard.not_before_s)
        if self._left is not None and self._left <= 0:
            not_before_s = max(not_before_s, self._resets_s)
        return max(0.0, not_before_s - now_s)

    def note_identify(self, shard_id: int) -> None:
        """Note that a new session is begun."""
        now_s, shard = self._now_s(), self._shard(shard_id)
        last_s = shard.identified_s
        if last_s is None or now_s - last_s > GOOD_SESSION_S:
            shard.short_sessions = 0
        gap_s = min(_doubled(FIRST_GAP_S, shard.short_sessions), LONGEST_GAP_S)
        shard.short_sessions += 1
        shard.identified_s, shard.not_before_s = now_s, now_s + gap_s
        shard.fruitless = 0
        self._not_before_s[self.bucket_of(shard_id)] = now_s + FIRST_GAP_S
        if self._left is not None:
            self._left = None if now_s >= self._resets_s else self._left - 1

    def has_identified(self, shard_id: int) -> bool:
        """Return whether a shard began a session before."""
        return self._shard(shard_id).identified_s is not None

    def note_hello(self, shard_id: int) -> None:
        """Note that the gateway has greeted us."""
        self._shard(shard_id).connected_s = self._now_s()

    def note_event(self, shard_id: int) -> None:
        """Note an event, other than that a session goes on."""
        self._shard(shard_id).fruitless = 0

    def note_end(self, shard_id: int) -> float:
        """Note the end of a connection, and return how long to wait for the next."""
        now_s, shard = self._now_s(), self._shard(shard_id)
        if shard.connected_s is None or now_s - shard.connected_s > QUICK_END_S:
            shard.quick_ends = shard.fruitless = 0
        shard.connected_s = now_s
        pause_s = min(_doubled(0.5, shard.quick_ends), LONGEST_RESUME_PAUSE_S)
        first = shard.quick_ends == 0
        shard.quick_ends += 1
        shard.fruitless += 1
        return 0.0 if first else pause_s

    def resuming_helps(self, shard_id: int) -> bool:
        """Return whether the session that a shard has is worth another attempt."""
        return self._shard(shard_id).fruitless <= FRUITLESS_RESUMES

    def _shard(self, shard_id: int) -> _Shard:
        return self._shards.setdefault(shard_id, _Shard())


def _doubled(base_s: float, times: int) -> float:
    # The exponent is bounded: a day of failures must not overflow a float.
    return base_s * 2.0 ** min(times, 30)
