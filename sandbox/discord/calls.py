"""A request to the REST API as the endpoints see it, and what they answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.discord.drafting import Upload
from sandbox.discord.refusals import form_error
from sandbox.discord.wire import Json, as_id

_PLACE = re.compile(r"\{(\w+)\}")
_MAJOR = ("channel_id", "guild_id", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, taken apart."""

    params: Mapping[str, str]
    """What stood in the places of the endpoint's path."""
    query: Mapping[str, str]
    body: object = None
    """The JSON, from the body or from its payload_json part; None without any."""
    uploads: Sequence[Upload] = field(default=(), repr=False)

    def id(self, name: str) -> int:
        """Return the id in the path.

        Raises:
            ApiError: 50035 if what stands there is none.
        """
        value = self.params[name]
        number = as_id(value)
        if number is None:
            words = f'Value "{value}" is not snowflake.'
            raise form_error((name,), "NUMBER_TYPE_COERCE", words)
        return number

    @property
    def fields(self) -> Json:
        """The body as an object; empty without a body.

        Raises:
            ApiError: 50035 if the body is something else.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            words = "Only dictionaries may be used in a DictType"
            raise form_error((), "DICT_TYPE_CONVERT", words)
        return self.body

    @property
    def items(self) -> list[Json]:
        """The body as a list of objects.

        Raises:
            ApiError: 50035 if the body is something else.
        """
        if not isinstance(self.body, list):
            words = "Only iterables may be used in a ListType"
            raise form_error((), "LIST_TYPE_CONVERT", words)
        return self.body

    def wants(self, name: str) -> bool:
        """Whether a switch in the query is on."""
        return self.query.get(name, "").lower() in {"1", "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an endpoint answers when it does not refuse."""

    body: object = None
    """JSON, or None for no body at all."""
    status: int = 200


NO_CONTENT = Answer(status=204)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A method and a path, and who answers there."""

    method: str
    path: str
    """With {places}, below the version: /channels/{channel_id}/messages."""
    respond: Callable[[Call], Answer]
    bucket: str = "other"
    """Which rate limit it shares; see `rate_limits`."""
    by_token_in_path: bool = False
    """Whether the path itself proves who calls, so that no header has to."""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", self.path))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the values of the places, or None if it is another path."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    def major(self, params: Mapping[str, str]) -> str:
        """Return what tells apart the buckets of one endpoint."""
        return next((params[name] for name in _MAJOR if name in params), "")
