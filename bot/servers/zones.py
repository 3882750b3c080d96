"""The names of time zones that people can choose from."""

from collections.abc import Sequence
from functools import cache
from importlib import resources


@cache
def zone_names() -> tuple[str, ...]:
    """Return all IANA names, in order.

    From the list that comes with the database of time zones itself: looking through
    the system's folders would take a hundred times as long.
    """
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return tuple(sorted(listed.split()))


def matching_zones(typed: str, most: int) -> Sequence[str]:
    """Return the zones that contain what was typed, those that begin with it first."""
    wanted = typed.strip().casefold().replace(" ", "_")
    names = [name for name in zone_names() if wanted in name.casefold()]
    names.sort(key=lambda name: (not _begins(name, wanted), name != "UTC"))
    return names[:most]


def known_zone(name: str) -> str | None:
    """Return a zone's proper spelling, ignoring case; None if there is none."""
    wanted = name.strip().casefold().replace(" ", "_")
    return next((zone for zone in zone_names() if zone.casefold() == wanted), None)


def _begins(name: str, wanted: str) -> bool:
    """Whether a name, or the city in it, begins so."""
    folded = name.casefold()
    return folded.startswith(wanted) or folded.rpartition("/")[2].startswith(wanted)
