"""Which models there are and what each accepts, in two revisions of EvoLink's page.

R1 is the page this project began with, R3 the later "Beta" page. EvoLink docs.
"""

from dataclasses import dataclass
from typing import Literal

Revision = Literal["R1", "R3"]

PLAIN_NAME = "grok-imagine-text-to-video"
BETA_NAME = "grok-imagine-text-to-video-beta"

ASPECT_RATIOS = ("16:9", "9:16", "1:1", "3:2", "2:3")
MODES = ("fun", "normal", "spicy")
QUALITIES = ("480p", "720p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one revision of the text-to-video model accepts."""

    name: str
    durations_s: tuple[int, ...]
    has_quality: bool

    @property
    def fields(self) -> frozenset[str]:
        """Every field a request may carry."""
        fields = {
            "model",
            "prompt",
            "duration",
            "mode",
            "aspect_ratio",
            "callback_url",
        }
        return frozenset(fields | {"quality"} if self.has_quality else fields)


PROFILES: dict[Revision, Profile] = {
    "R1": Profile(name=PLAIN_NAME, durations_s=(6, 10), has_quality=False),
    "R3": Profile(name=BETA_NAME, durations_s=tuple(range(6, 31)), has_quality=True),
}


def used_name(asked: str, revision: Revision, *, aliasing: bool) -> str | None:
    """Return the model that would really work on a request, `None` if there is none.

    With aliasing the old name is accepted too, and the answer names the -beta model;
    without it each revision knows only its own name.
    """
    if aliasing:
        return BETA_NAME if asked in {PLAIN_NAME, BETA_NAME} else None
    return asked if asked == PROFILES[revision].name else None
