"""`python -m benchmarks [NAME …]`: all benchmarks, or those that are named."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping

from benchmarks import acknowledgement, blocking

BENCHMARKS: Mapping[str, Callable[[], Coroutine[None, None, bool]]] = {
    "acknowledgement": acknowledgement.run,
    "blocking": blocking.run,
}
"""Each returns whether its figures are within what we hold ourselves to."""


def main(names: list[str]) -> int:
    """Run benchmarks one after another; 0 if all figures are within bounds."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No benchmark {unknown[0]!r}: choose from {', '.join(BENCHMARKS)}.")
        return 2
    kept = [asyncio.run(BENCHMARKS[name]()) for name in names or BENCHMARKS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
