"""What a process shows to Prometheus where everything is known."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.errors import RateLimited
from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.operations.health import Facts, snapshot
from bot.operations.metrics import Metrics, Scraped
from bot.processes.shards import GatewayStatus
from storage.processes.only import OnlyProcess
from tests.clock import FakeClock


def page() -> str:
    """Return the page of /metrics of a process that works and has asked EvoLink."""
    metrics = Metrics(FakeClock())
    metrics.note_gateway(
        GatewayStatus(connected=True, held=frozenset({0}), count=1, stands_by=False)
    )
    for outcome in ("ok", RateLimited.__name__):
        metrics.asked("evolink", "create", outcome)
    health = snapshot(Facts(), datetime.now(UTC))
    scraped = Scraped(
        healthy=health.parts,
        jobs=dict.fromkeys(JobState, 0),
        waited_s=dict.fromkeys(Due, 0.0),
        free={"database": 1, "spool": 1},
        balance=1.0,
        intake_paused=False,
    )
    return metrics.page(scraped, OnlyProcess()).decode()


def families(shown: str) -> Mapping[str, list[Sample]]:
    """Return the samples of each family, by its name without `_total`."""
    return {
        family.name: list(family.samples)
        for family in text_string_to_metric_families(shown)
        if not family.name.endswith("_created")
    }


def samples(shown: str) -> Iterator[Sample]:
    """Return all samples but those that say when a counter began."""
    for found in families(shown).values():
        yield from found


def labels_of(shown: str) -> Mapping[str, set[str]]:
    """Return the labels of each family; those that are in use."""
    return {
        name: set().union(*(one.labels for one in found))
        for name, found in families(shown).items()
    }
