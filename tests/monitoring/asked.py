"""What an expression of PromQL asks for, as far as ours go."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from prometheus_client.samples import Sample

from tests.monitoring.exported import page, samples

GIVEN_BY_PROMETHEUS = frozenset({"job", "instance"})
"""Labels that each scraped sample gets."""
OF_PROMETHEUS = frozenset({"up", "ALERTS"})
"""What is there without being scraped."""
_SELECTOR = re.compile(r"\b(clapper_\w+|process_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """Which values of one label are meant."""

    label: str
    operator: str
    value: str

    def each(self) -> Iterator["Matcher"]:
        """Return one matcher for each alternative of `a|b`: all have to be there."""
        if self.operator != "=~":
            yield self
            return
        for value in self.value.split("|"):
            yield replace(self, value=value)

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Return whether a series with these labels is meant."""
        if self.label in GIVEN_BY_PROMETHEUS:
            return True
        if self.label not in labels:
            return False
        value = labels[self.label]
        is_it = (
            value == self.value
            if self.operator in {"=", "!="}
            else re.fullmatch(self.value, value) is not None
        )
        return is_it is not self.operator.startswith("!")


def assert_is_measured(expression: str, legend: str = "") -> None:
    """Fail where a metric, a label or its value is none that a process shows.

    `legend` is a text with labels, `{{state}}`.
    """
    asked = [*_SELECTOR.findall(expression)]
    assert asked, expression
    shown: set[str] = set()
    for name, matchers in asked:
        if name in OF_PROMETHEUS:
            continue
        found = [one for one in _shown() if one.name == name]
        assert found, f"{name} is not measured: {expression}"
        shown.update(*(one.labels for one in found))
        for label, operator, value in _MATCHER.findall(matchers):
            for matcher in Matcher(label=label, operator=operator, value=value).each():
                assert any(matcher.holds(one.labels) for one in found), (
                    f"{name} has nothing where {matcher}: {expression}"
                )
    named = grouping_labels(expression) | set(re.findall(r"\{\{(\w+)\}\}", legend))
    assert named <= shown | GIVEN_BY_PROMETHEUS, expression


def names(expression: str) -> set[str]:
    """Return the metrics that an expression asks for."""
    return {name for name, _ in _SELECTOR.findall(expression)}


def grouping_labels(expression: str) -> set[str]:
    """Return the labels that an expression groups by."""
    groups = _GROUPED.findall(expression)
    return {label.strip() for group in groups for label in group.split(",")}


@cache
def _shown() -> tuple[Sample, ...]:
    return tuple(samples(page()))
