"""How long to wait after a failure: pure arithmetic, capped and jittered."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Waits that double from `base_s` up to `cap_s`, in seconds."""

    base_s: float
    cap_s: float

    def ceiling_s(self, failures: int) -> float:
        """Return the longest wait after that many failures in a row, from 1."""
        # The exponent is bounded: a week of failures must not overflow a float.
        return min(self.cap_s, self.base_s * 2.0 ** min(max(failures, 1) - 1, 30))

    def wait_s(self, failures: int, at_least_s: float | None = None) -> float:
        """Return a wait after that many failures in a row, at least what was asked.

        A fifth of it is left to chance, so that what failed together does not come
        back together.
        """
        ceiling_s = self.ceiling_s(failures)
        wait_s = ceiling_s * random.uniform(0.8, 1.0)  # noqa: S311 - not cryptography
        return max(wait_s, at_least_s or 0.0)
