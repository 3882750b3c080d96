"""What was asked of the REST API and what it answered, for tests to look at."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.discord.drafting import Upload


@dataclass(slots=True, kw_only=True, eq=False)
class RequestRecord:
    """One request. What is not known yet while it is being answered is None."""

    method: str
    path: str
    """Below the API's version, without the query."""
    query: str
    named_bot: bool
    """Whether it carried an Authorization header."""
    at_s: float
    """When it arrived, in seconds since 1970 by the stand-in's clock."""
    body: object = None
    """The JSON sent, also where it came as the payload_json part of a form."""
    uploads: Sequence[Upload] = field(default=(), repr=False)
    status: int | None = None
    """What was answered; None if nothing was."""
    answer: object = field(default=None, repr=False)
    took_s: float | None = None
    """Real seconds."""
    went_wrong: str | None = None
    """Which trouble was made on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A request that no correct client sends."""

    method: str
    path: str
    where: str
    """The place in the body: data.components.0.custom_id."""
    message: str


class Traffic:
    """The latest requests, and everything that was wrong with any."""

    def __init__(self, keep: int) -> None:
        self.requests: deque[RequestRecord] = deque(maxlen=keep)
        self.violations: list[Violation] = []

    def matching(self, method: str, path: str) -> list[RequestRecord]:
        """Return the requests with this method whose path matches `path` in full."""
        return [
            one
            for one in self.requests
            if one.method == method and re.fullmatch(path, one.path)
        ]
