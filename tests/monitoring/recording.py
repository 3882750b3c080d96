"""Samples scraped of real processes, and what Prometheus makes of them.

Alerts look at an hour and wait for minutes, which no test can. So time is stretched
where it is recorded: each scrape, which follows the one before it at once, stands for
`minutes_each` minutes of Prometheus' time. What a process says of its own seconds is
left as it said it.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.lives.clocks import LifeClock
from tests.monitoring.exported import samples
from tests.monitoring.promtool import PROMETHEUS, promtool

SCRAPED_WITHIN_S = 10.0
"""Prometheus' own limit, unless it is told otherwise."""
INSTANT = "_timestamp_seconds"
"""How metrics end that say when something happened."""
MISSING, GONE = "_", "stale"
"""How promtool writes a sample that is not there yet, and one that is no more."""
MINUTE_S = 60.0

Series = dict[str, float]


@dataclass(slots=True, kw_only=True)
class Recording:
    """What was scraped so far, as the job `clapper`."""

    ports: Mapping[str, int]
    """Where each instance listens on loopback, by its name."""
    folder: Path
    """Where promtool's files go."""
    minutes_each: int = 1
    clock: LifeClock | None = None
    """The processes' clock, where it is not the machine's."""
    quiet_min: int = 0
    """For how long Prometheus ran before there was anything to scrape. What happened
    before a scrape has to have happened after Prometheus' time began."""
    _scrapes: list[Series] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """What another life of the only process has to be begun with."""
        (port,) = self.ports.values()
        ours = {} if self.clock is None else self.clock.settings
        return {"CLAPPER_HTTP__LISTEN": f"127.0.0.1:{port}", **ours}

    async def scrape(self, times: int = 1) -> None:
        """Scrape every process so many times."""
        for _ in range(times):
            found = await asyncio.gather(
                *(self._of(name, port) for name, port in self.ports.items())
            )
            self._scrapes.append({})
            for series in found:
                self._scrapes[-1].update(series)

    def assert_firing(self, *alerts: str) -> None:
        """Fail unless exactly these alerts fire after the latest scrape."""
        firing = [
            {"labels": f'{{alertname="{alert}"}}', "value": 1}
            for alert in sorted(alerts)
        ]
        self._assert({'group by (alertname) (ALERTS{alertstate="firing"})': firing})

    def assert_found(self, expressions: Iterable[str]) -> None:
        """Fail unless each expression finds something after the latest scrape."""
        self._assert({f"group({one})": [{"value": 1}] for one in expressions})

    def _assert(self, expected: Mapping[str, list[dict[str, object]]]) -> None:
        """Fail unless each expression has these values after the latest scrape."""
        test = {
            "interval": "1m",
            "input_series": self._input_series(),
            "promql_expr_test": [
                {
                    "expr": expression,
                    "eval_time": f"{self._minutes - 1}m",
                    "exp_samples": found,
                }
                for expression, found in expected.items()
            ],
        }
        file = self.folder / "recorded.yaml"  # JSON is YAML
        file.write_text(
            json.dumps(
                {
                    "rule_files": [str(PROMETHEUS / "alerts.yaml")],
                    # No more often than samples change: days of minutes take long.
                    "evaluation_interval": "1m" if self.minutes_each < 5 else "5m",
                    "tests": [test],
                }
            ),
            "utf-8",
        )
        ended = promtool("test", "rules", file.name, folder=self.folder)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    @property
    def _minutes(self) -> int:
        return self.quiet_min + len(self._scrapes) * self.minutes_each

    async def _of(self, name: str, port: int) -> Series:
        try:
            timeout = aiohttp.ClientTimeout(total=SCRAPED_WITHIN_S)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"http://127.0.0.1:{port}/metrics") as answer,
            ):
                assert answer.status == 200
                page = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return {_series("up", {}, name): 0.0}
        found = {_series("up", {}, name): 1.0}
        for sample in samples(page):
            value = sample.value
            if sample.name.endswith(INSTANT) and value:
                value += self._shift_s()
            found[_series(sample.name, sample.labels, name)] = value
        return found

    def _shift_s(self) -> float:
        """Return what to add to an instant of the processes to get Prometheus' time."""
        ahead_s = 0.0 if self.clock is None else self.clock.ahead_s
        return self._minutes * MINUTE_S - (time.time() + ahead_s)

    def _input_series(self) -> list[dict[str, str]]:
        return [
            {"series": name, "values": " ".join(self._values(name))}
            for name in sorted({name for one in self._scrapes for name in one})
        ]

    def _values(self, name: str) -> list[str]:
        values = [f"{MISSING}x{self.quiet_min - 1}"] if self.quiet_min else []
        has_been = False
        for scraped in self._scrapes:
            if name in scraped:
                values += [f"{scraped[name]:.17g}"] * self.minutes_each
                has_been = True
            else:
                values += [GONE if has_been else MISSING] * self.minutes_each
        return values


def _series(name: str, labels: Mapping[str, str], instance: str) -> str:
    given = {**labels, "job": "clapper", "instance": instance}
    inside = ",".join(f"{label}={json.dumps(value)}" for label, value in given.items())
    return f"{name}{{{inside}}}"
