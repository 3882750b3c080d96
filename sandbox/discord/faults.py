"""Faults on demand: which requests go wrong, and how."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """What happens to a connection instead of an answer."""

    RESET = "reset"
    """It is cut, as if a machine between had died."""
    HANG = "hang"
    """Nothing comes until the fault is cleared or the client gives up."""
    HTML = "html"
    """A proxy's page comes, not JSON; its status is the fault's, else 502."""


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """A rule for requests that shall go wrong."""

    method: str = "*"
    path: str = ""
    """A regular expression, searched in the path below the API's version."""
    status: int | None = None
    """The status to answer with; None leaves the true answer alone."""
    code: int = 0
    """Discord's own code in the body of such an answer."""
    message: str = "The stand-in was told to fail"
    trouble: Trouble | None = None
    delay_s: float = 0.0
    """How long everything takes, the trouble included; real seconds."""
    retry_after_s: float | None = None
    """With status 429, or a page: how long the client is told to wait."""
    spares: int = 0
    """How many requests it lets pass before the first that it meets."""
    times: int | None = None
    """How many requests it meets; None is all until it is cleared."""
    after_effect: bool = False
    """Whether the request is obeyed first, so that only its answer is lost."""
    garble: Callable[[Any], object] | None = None
    """What is made of the true answer's body, for answers that nobody expects."""
    hits: int = 0
    """How many requests it met so far."""

    def meets(self, method: str, path: str) -> bool:
        """Whether it is about such a request and not used up."""
        if self.times is not None and self.hits >= self.times:
            return False
        return self.method in {"*", method} and bool(re.search(self.path, path))


class Faults:
    """The rules in force; the oldest that meets a request decides."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._changed = asyncio.Event()

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force and return it, to be cleared or looked at later."""
        self._rules.append(fault)
        return fault

    def clear(self, fault: Fault | None = None) -> None:
        """Lift one rule, or all; requests that hang because of it are let go."""
        self._rules = [one for one in self._rules if fault not in {None, one}]
        self._changed.set()
        self._changed = asyncio.Event()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the rule that meets a request, and count it; None if none does."""
        for fault in self._rules:
            if fault.meets(method, path):
                if fault.spares > 0:
                    fault.spares -= 1
                    continue
                fault.hits += 1
                return fault
        return None

    def in_force(self, fault: Fault) -> bool:
        """Whether a rule was not lifted."""
        return fault in self._rules

    async def until_changed(self, patience_s: float) -> None:
        """Return when rules are lifted, or after `patience_s` seconds."""
        changed = self._changed
        try:
            async with asyncio.timeout(patience_s):
                await changed.wait()
        except TimeoutError:
            return
