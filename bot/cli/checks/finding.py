"""One result of a check, as the operator reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence, and whether it is good news."""

    sentence: str
    ok: bool | None
    """None = neither: worth knowing, but nothing has to be done about it."""

    def __str__(self) -> str:
        mark = {True: "✓", False: "✗", None: "·"}[self.ok]
        return f"{mark} {self.sentence}"


class ConfigurationFault(Finding):
    """A fault of the configuration itself, with which `clapper run` would not start."""


def good(sentence: str) -> Finding:
    """Return good news."""
    return Finding(sentence=sentence, ok=True)


def bad(sentence: str) -> Finding:
    """Return something that has to be corrected."""
    return Finding(sentence=sentence, ok=False)


def misconfigured(sentence: str) -> Finding:
    """Return a fault of the configuration."""
    return ConfigurationFault(sentence=sentence, ok=False)


def note(sentence: str) -> Finding:
    """Return something worth knowing."""
    return Finding(sentence=sentence, ok=None)


def ended(reason: object) -> str:
    """Return the rest of a sentence with its full stop, if it has no end yet."""
    said = str(reason)
    return said if said.endswith((".", "?")) else f"{said}."
