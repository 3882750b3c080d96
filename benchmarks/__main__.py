"""`python -m benchmarks [--quick] [--large] [NAME …]`: all benchmarks, or those named.

`--quick` makes the long ones small enough for a look at whether they run. `--large`
adds a million finished jobs to `history`, and gives `backup` as many.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from functools import partial

from benchmarks import (
    acknowledgement,
    backup,
    blocking,
    brownout,
    cost,
    freshness,
    history,
    polling,
    recovery,
    scale,
    waiting,
)

Benchmark = Callable[[], Coroutine[None, None, bool]]


def benchmarks(*, quick: bool, large: bool) -> Mapping[str, Benchmark]:
    """Return each by its name; each tells whether its figures are within bounds."""
    return {
        "acknowledgement": acknowledgement.run,
        "backup": partial(backup.run, quick=quick, large=large),
        "blocking": blocking.run,
        "recovery": partial(recovery.run, quick=quick),
        "waiting": partial(waiting.run, quick=quick),
        "brownout": brownout.run,
        "cost": partial(cost.run, quick=quick),
        "freshness": partial(freshness.run, quick=quick),
        "history": partial(history.run, quick=quick, large=large),
        "polling": partial(polling.run, quick=quick),
        "scale": partial(scale.run, quick=quick),
    }


def main(words: list[str]) -> int:
    """Run benchmarks one after another; 0 if all figures are within bounds."""
    quick = "--quick" in words
    large = "--large" in words
    names = [word for word in words if word not in {"--quick", "--large"}]
    known = benchmarks(quick=quick, large=large)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No benchmark {unknown[0]!r}: choose from {', '.join(known)}.")
        return 2
    kept = [asyncio.run(known[name]()) for name in names or known]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
