"""The real program with a stopwatch in its event loop: `python -m benchmarks.observed`.

Every 10 ms it looks how late it was woken, and writes that to the file named in
`BENCHMARK_LAGS`, in seconds, a line for each. The product knows nothing of it.
"""

import asyncio
import os
import time
from pathlib import Path

import bot.app
from bot.cli import main
from bot.config import Config
from bot.service_manager import ServiceManager

TICK_S = 0.01


async def _watch(file: Path) -> None:
    with file.open("w", encoding="ascii", buffering=1) as lags:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK_S)
            lags.write(f"{time.perf_counter() - begun - TICK_S:.6f}\n")


def _observed(file: Path) -> None:
    serve = bot.app.serve

    async def serve_observed(config: Config, manager: ServiceManager) -> None:
        watch = asyncio.create_task(_watch(file), name="stopwatch")
        try:
            await serve(config, manager)
        finally:
            watch.cancel()

    bot.app.serve = serve_observed


if __name__ == "__main__":
    _observed(Path(os.environ["BENCHMARK_LAGS"]))
    main()
