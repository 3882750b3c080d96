"""Checks request bodies against Discord's own OpenAPI document, where there is one.

The document is lax in some places and too strict in others; both are set right here.
Needs jsonschema, which is only asked for when a document is given.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.discord.wire import Json

_PLACE = re.compile(r"\{[^}]+\}")
_ALSO_ALLOWED: Json = {"nsfw": {}, "tts": {}, "enforce_nonce": {}}
"""Fields that the API takes although the document does not name them everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFault:
    """Something in a body that the document does not allow."""

    path: tuple[str | int, ...]
    message: str


class RequestSchema:
    """The document, ready to check requests."""

    def __init__(self, document: Json) -> None:
        # Imported here: only those who check need the library.
        from jsonschema import Draft202012Validator  # noqa: PLC0415

        schemas = document.get("components", {}).get("schemas", {})
        _relax(schemas)
        _close(schemas)
        self._operations: list[tuple[str, re.Pattern[str], Any]] = []
        for method, path, schema in _bodies(document):
            pattern = re.compile(_PLACE.sub("[^/]+", path))
            rooted = {"components": document.get("components", {}), **schema}
            validator = Draft202012Validator(rooted)
            self._operations.append((method, pattern, validator))
        # A path without places is the better match: /users/@me, not /users/{id}.
        self._operations.sort(key=lambda one: one[1].pattern.count("[^/]+"))

    @classmethod
    def load(cls, path: Path) -> "RequestSchema":
        """Read the document from a file.

        Raises:
            OSError: If it cannot be read.
            ValueError: If it is no JSON.
        """
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def fault(self, method: str, path: str, body: object) -> SchemaFault | None:
        """Return something wrong with a body; None if nothing is known to be."""
        for of_method, pattern, validator in self._operations:
            if of_method == method and pattern.fullmatch(path):
                for error in validator.iter_errors(body):
                    meant = _meant(error)
                    where = tuple(meant.absolute_path)
                    return SchemaFault(path=where, message=meant.message)
                return None
        return None


def _meant(error: Any) -> Any:  # noqa: ANN401 - the library is imported late
    """Return the error in the alternative that was meant, where there are several.

    Meant is the one whose `type` is right: of everything that a component could have
    been, only its own kind is worth talking about.
    """
    while error.context:
        alternatives: dict[object, list[Any]] = {}
        for inner in error.context:
            alternatives.setdefault(inner.schema_path[0], []).append(inner)
        chosen = min(alternatives.values(), key=_distance)
        error = max(chosen, key=lambda one: len(one.absolute_path))
    return error


def _distance(errors: list[Any]) -> tuple[bool, bool, int]:
    of_another_type = any(list(one.path)[-1:] == ["type"] for one in errors)
    no_object = any(one.validator == "type" and not one.path for one in errors)
    return (no_object, of_another_type, len(errors))


def _bodies(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            if isinstance(operation, dict):
                content = operation.get("requestBody", {}).get("content", {})
                if schema := content.get("application/json", {}).get("schema"):
                    yield method.upper(), path, schema


def _relax(schemas: Json) -> None:
    """Allow what the API is documented to take: ids as numbers, bits as text."""
    if "SnowflakeType" in schemas:
        schemas["SnowflakeType"] = {"type": ["string", "integer"]}
    for schema in schemas.values():
        properties = schema.get("properties", {})
        if "default_member_permissions" in properties:
            properties["default_member_permissions"] = {
                "type": ["integer", "string", "null"],
                "pattern": "^[0-9]+$",
            }


def _close(node: object) -> None:
    """Forbid unknown fields everywhere, because they are nearly always typos."""
    if isinstance(node, list):
        for item in node:
            _close(item)
    if not isinstance(node, dict):
        return
    for value in node.values():
        _close(value)
    if node.get("type") == "object" and isinstance(node.get("properties"), dict):
        node["properties"] = _ALSO_ALLOWED | node["properties"]
        node.setdefault("additionalProperties", False)
