"""Faults of the gateway on demand: events that clients do not expect."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from sandbox.discord.wire import Json, json_text


@dataclass(slots=True, kw_only=True, eq=False)
class FrameFault:
    """A rule for frames that are to go wrong, for every session."""

    event: str
    """The name of the event, or of what is no event: HELLO."""
    change: Callable[[Json], str | None]
    """Gets a copy of the frame, and changes it or returns another text for it."""
    times: int | None = None
    """How many frames it meets; None is all until it is lifted."""
    hits: int = 0
    """How many it met so far."""


class FrameFaults:
    """The rules in force; the oldest that meets a frame decides."""

    def __init__(self) -> None:
        self._rules: list[FrameFault] = []

    def add(self, fault: FrameFault) -> FrameFault:
        """Put a rule in force and return it."""
        self._rules.append(fault)
        return fault

    def without(self, event: str, *fields: str, times: int | None = None) -> FrameFault:
        """Let an event lack fields of its data."""

        def change(frame: Json) -> None:
            for field in fields:
                frame["d"].pop(field, None)

        return self.add(FrameFault(event=event, change=change, times=times))

    def clear(self) -> None:
        """Lift all rules."""
        self._rules.clear()

    def written(self, name: str, frame: Json) -> str:
        """Return a frame's text, spoilt if a rule says so."""
        for fault in self._rules:
            used_up = fault.times is not None and fault.hits >= fault.times
            if fault.event == name and not used_up:
                fault.hits += 1
                spoilt = deepcopy(frame)
                text = fault.change(spoilt)
                return json_text(spoilt) if text is None else text
        return json_text(frame)
