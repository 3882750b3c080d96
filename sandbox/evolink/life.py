"""A task's life as it was scripted: how long, what it shows on the way, how it ends.

Pure arithmetic over an age in seconds; no clock, no HTTP.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Ending(StrEnum):
    """How a task ends."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEVER = "never"


ServingKind = Literal[
    "clip",
    "oversize",
    "endless",
    "not-mp4",
    "slow",
    "stall",
    "reset",
    "redirect",
    "gzip-bomb",
    "wrong-length",
    "status",
    "half",
    "picture",
    "ftyp",
    "coding",
    "partial",
    "part",
    "signed",
    "header",
    "no-http",
    "broken-chunk",
]
"""How the results host serves a result; the README says what each does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What a download of the result gets."""

    kind: ServingKind = "clip"
    size_bytes: int = 32 * 2**20
    """For `oversize` the length of the file, for `gzip-bomb` the unpacked length, for
    `header` that of a header."""
    seconds: float = 5.0
    """For `slow`: how long the whole clip takes, in real seconds."""
    location: str = ""
    """For `redirect`: where to."""
    status: int = 404
    """For `status`: the HTTP status instead of the clip."""
    coding: str = "gzip"
    """For `coding`: the Content-Encoding. Only gzip and deflate are also done."""
    declares_length: bool = True
    """For `oversize`: whether Content-Length tells beforehand."""

    @property
    def query(self) -> str:
        """What stands after the path in its link: the signature, if it is signed.

        The host compares it letter by letter, in a spelling that a client that tidies
        addresses would change.
        """
        signed = "?Policy=a%2Fb%7Ec+d&Expires=%31&Signature=%2f%7e~()*'%20"
        return signed if self.kind == "signed" else ""


CallbackPlan = Literal["once", "never", "twice", "forged"]
"""`twice` repeats a delivery that succeeded; `forged` sends a lie before the end."""

ListedAs = Literal["results", "empty", "missing", "result_data", "result_data_object"]
"""Where a completed task names its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What will become of one task. Times are seconds on the stand-in's clock."""

    total_s: float | None = None
    """From creation to the end; `None` lets the configuration choose."""
    pending_share: float = 0.1
    """The part of that time spent `pending`."""
    steps: int = 20
    """In how many steps progress rises; 1 shows nothing until the end."""
    ending: Ending = Ending.COMPLETED
    code: str = "unknown_error"
    """`error.code` if it fails."""
    message: str | None = None
    """`error.message`; `None` gives the usual words for the code."""
    has_error: bool = True
    """False: it fails without any `error`, as EvoLink's older pages show."""
    running_status: str | None = None
    """A status word to show while it runs, instead of pending and processing."""
    hidden_s: float = 0.0
    """How long the new id is answered with 404 task_not_found."""
    listed_as: ListedAs = "results"
    serving: Serving = field(default_factory=Serving)
    callback: CallbackPlan = "once"
    credits_used: float | None = None
    """The final charge if it completes; `None` charges what was reserved."""
    stuck_at: int | None = None
    """Progress rises to this and no further."""

    def status_at(self, age_s: float, total_s: float) -> tuple[str, int]:
        """Return status and progress at an age, for a life of `total_s`."""
        if self.ending is not Ending.NEVER and age_s >= total_s:
            return self.ending.value, 100 if self.ending is Ending.COMPLETED else 0
        begins = total_s * self.pending_share
        if age_s < begins or (self.ending is Ending.NEVER and self.stuck_at is None):
            return self.running_status or "pending", 0
        share = min(1.0, (age_s - begins) / max(total_s - begins, 1e-9))
        step = int(share * self.steps)
        highest = 99 if self.stuck_at is None else self.stuck_at
        return (
            self.running_status or "processing",
            min(highest, step * 100 // self.steps),
        )
