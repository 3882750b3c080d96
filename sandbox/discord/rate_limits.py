"""How often a client may ask, told in headers and enforced with 429.

Source: Discord docs, "Rate Limits". Discord publishes no figures for single routes;
these are what clients have been seen to get. Measured in real time, not by the
movable clock, because clients really wait.
"""

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sandbox.discord.wire import Json

_GLOBAL_WINDOW_S = 1.0
UNLIMITED = "unlimited"
"""The bucket of endpoints without a limit and without headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """So many requests in a window that begins with the first of them."""

    requests: int
    per_s: float


DEFAULT_QUOTAS: Mapping[str, Quota] = MappingProxyType(
    {
        "message-create": Quota(requests=5, per_s=5.0),
        "message-edit": Quota(requests=5, per_s=5.0),
        "message-delete": Quota(requests=5, per_s=1.0),
        "message-read": Quota(requests=5, per_s=1.0),
        "webhook": Quota(requests=5, per_s=2.0),
        "commands": Quota(requests=5, per_s=5.0),
        "other": Quota(requests=50, per_s=1.0),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The limits to enforce."""

    quotas: Mapping[str, Quota] = field(default_factory=lambda: DEFAULT_QUOTAS)
    """By the name of the endpoint's bucket; a bucket without one is not limited."""
    global_per_s: int = 50
    """Over everything that names the bot in a header."""

    @classmethod
    def none(cls) -> "RateLimits":
        """Return limits that nobody reaches."""
        return cls(quotas={}, global_per_s=1_000_000)


@dataclass(slots=True)
class _Window:
    ends_s: float = 0.0
    used: int = 0

    def take(self, quota: Quota) -> bool:
        """Use one request up; False if none was left."""
        now_s = time.monotonic()
        if now_s >= self.ends_s:
            self.ends_s = now_s + quota.per_s
            self.used = 0
        if self.used >= quota.requests:
            return False
        self.used += 1
        return True

    @property
    def left_s(self) -> float:
        return max(0.001, self.ends_s - time.monotonic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a client is told about its limits, and whether it was too fast."""

    headers: Mapping[str, str]
    retry_after_s: float | None = None
    """How long to wait; None if the request may pass."""
    is_global: bool = False


class RateLimiter:
    """Counts requests per bucket and over all."""

    def __init__(self, limits: RateLimits) -> None:
        self.limits = limits
        """May be replaced at any time."""
        self._windows: dict[tuple[str, str], _Window] = {}
        self._all = _Window()

    def judge(self, bucket: str, major: str, *, counts_globally: bool) -> Verdict:
        """Count a request and say what becomes of it."""
        over_all = Quota(requests=self.limits.global_per_s, per_s=_GLOBAL_WINDOW_S)
        if counts_globally and not self._all.take(over_all):
            return too_fast(self._all.left_s, is_global=True)
        quota = self.limits.quotas.get(bucket)
        if quota is None:
            return Verdict(headers={})
        window = self._windows.setdefault((bucket, major), _Window())
        passed = window.take(quota)
        headers = {
            "X-RateLimit-Limit": str(quota.requests),
            "X-RateLimit-Remaining": str(quota.requests - window.used),
            "X-RateLimit-Reset": f"{time.time() + window.left_s:.3f}",
            "X-RateLimit-Reset-After": f"{window.left_s:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(bucket.encode()).hexdigest()[:32],
        }
        if passed:
            return Verdict(headers=headers)
        refused = too_fast(window.left_s, is_global=False)
        return Verdict(
            headers={**headers, **refused.headers}, retry_after_s=refused.retry_after_s
        )


def too_fast(retry_after_s: float, *, is_global: bool) -> Verdict:
    """Return the verdict on a request that comes too early.

    The Via header tells clients that Discord itself answers; without it they take a
    429 for a ban by the proxy in front.
    """
    headers = {
        "Retry-After": str(math.ceil(retry_after_s)),
        "Via": "1.1 google",
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    return Verdict(headers=headers, retry_after_s=retry_after_s, is_global=is_global)


def too_fast_payload(verdict: Verdict) -> Json:
    """Return the body of a 429."""
    return {
        "message": "You are being rate limited.",
        "retry_after": round(verdict.retry_after_s or 0.0, 3),
        "global": verdict.is_global,
    }
