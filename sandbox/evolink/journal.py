"""What was asked of the stand-in, request by request. No key is ever kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.evolink.forms import read_form
from sandbox.evolink.refusals import Refusal

HIDDEN = "(hidden)"
"""Replaces the value of an Authorization header."""


@dataclass(slots=True, kw_only=True)
class RecordedRequest:
    """One request, noted when it arrived and completed when it was answered."""

    host: str
    """`api`, `results` or `files`."""
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    raw: bytes
    at: float
    """Unix seconds on the stand-in's clock."""
    status: int | None = None
    """What was answered; `None` while it is not, or if the answer was lost."""
    answer: bytes = field(default=b"", repr=False)
    """The body of the answer; empty where that was a clip, a picture or no answer."""
    took_s: float | None = None
    """Real seconds until the answer was begun."""

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON
        """The JSON body; `None` if there was none or it was not JSON."""
        try:
            return json.loads(self.raw) if self.raw else None
        except ValueError:
            return None

    @property
    def files(self) -> dict[str, bytes]:
        """The files that were sent, by name; empty if it was no readable form."""
        try:
            form = read_form(self.headers.get("content-type", ""), self.raw)
        except Refusal:
            return {}
        return {part.file_name: part.data for part in form.values() if part.file_name}


def visible(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers without the secret among them."""
    return {
        name.lower(): HIDDEN if name.lower() == "authorization" else value
        for name, value in headers.items()
    }
