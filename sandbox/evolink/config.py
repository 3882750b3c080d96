"""Every switch of the stand-in, in one record. Opens nothing, decides nothing."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.evolink.profiles import Revision
from sandbox.evolink.refusals import Dialect

TotalTime = float | Callable[[], float]
"""How long a task takes in seconds: a constant, or a function called for each."""


class LogNormal:
    """Durations as real queues have them: most near the median, a few far beyond.

    The same seed gives the same durations.
    """

    def __init__(self, *, median_s: float, sigma: float, seed: int) -> None:
        self._mu = math.log(median_s)
        self._sigma = sigma
        self._random = random.Random(seed)  # noqa: S311 - a simulation

    def __call__(self) -> float:
        """Return the next duration in seconds."""
        return self._random.lognormvariate(self._mu, self._sigma)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvolinkConfig:
    """How the stand-in behaves. The defaults are what EvoLink's pages describe."""

    api_key: str = "sandbox-key"
    other_api_keys: tuple[str, ...] = ()
    """Keys of other accounts' tasks; they share the credits."""
    host: str = "127.0.0.1"
    api_port: int = 0
    results_port: int = 0
    files_port: int = 0

    speed: float = 1.0
    """Seconds on the clock for each real second; 0 moves it only by `advance`."""
    starts_at: float | None = None
    """The clock's first reading in unix seconds; `None`: now."""
    total_s: TotalTime = 120.0
    estimated_time_s: int | Callable[[], int] = 120
    """What is promised: a constant, or a function called for each task."""
    latency_s: float = 0.0
    """Real seconds before every answer."""

    dialect: Dialect = "2026"
    revision: Revision = "now"
    """Which names of the first model are known; all other models always are."""
    aliasing: bool = False
    """The old model name is accepted and the answer names the -beta model."""
    denied_models: frozenset[str] = frozenset()
    """Models that exist but not for this key: 403 model_access_denied."""
    unknown_fields: Literal["refused", "ignored"] = "refused"
    """What the real API does is not documented; refusing finds mistakes."""
    prompt_limit: int | None = None
    """Characters; beyond it, or beyond the model's own limit, the task fails with
    `invalid_parameters`."""
    max_body_bytes: int = 2**20
    max_active_tasks: int | None = None
    """With this many unfinished, a create is answered with 429."""
    undocumented_fields: bool = False
    """Tasks also tell `usage`, `duration` and `request_id`, as seen in the wild."""

    batch: Literal["on", 404, 405] = "on"
    """POST /v1/tasks/batch, or the status it is refused with."""
    idempotency: Literal["honoured", "ignored"] = "honoured"
    idempotency_life_s: float = 24 * 3600.0

    credits_held: float = 100_000.0
    price: Callable[[int], float] | None = None
    """Credits reserved for a clip of so many seconds, whatever makes it; `None`: by
    the models' own lists."""
    billing_rule: Literal["per_call", "per_second"] | None = None
    """What is told of how it is reckoned; `None`: the truth."""

    allow_local_callbacks: bool = False
    """Accept http and private addresses in callback_url: the one rule of the real
    service that has to give way where everything runs on loopback."""
    callback_timeout_s: float = 10.0
    """Real seconds for one delivery. Source of the 10: EvoLink docs."""
    callback_retries_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Waits before each repetition, on the clock. Source: EvoLink docs."""

    max_file_bytes: int = 100 * 10**6
    most_files: int = 100
    """Files that the account may hold at once; some accounts may hold 500."""

    link_life_s: float = 24 * 3600.0
    """How long a result can be fetched, on the clock. Source: EvoLink docs."""
    expired_link_status: int = 404
    task_life_s: float | None = None
    """After this a task is unknown; EvoLink says that they expire, not when."""
