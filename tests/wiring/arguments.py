"""Every argument of every call in the wiring, and whether it may be left out."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NewType

ROOT = Path(__file__).parents[2]
LOGS = ("structlog.", "log.")
WIRING = (ROOT / "bot" / "app.py", *sorted((ROOT / "bot" / "wiring").glob("*.py")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of one call."""

    module: str
    line: int
    callee: str
    """As it is written there."""
    name: str
    """Of the parameter, or its place for one without a keyword."""
    required: bool | None
    """Whether leaving it out is an error; None = the callee was not found."""

    @property
    def key(self) -> tuple[str, str]:
        return self.callee, self.name


def arguments(methods: Mapping[str, Callable[..., Any]]) -> Iterator[Argument]:
    """Yield all arguments of the wiring.

    `methods` says what is called on objects, by what is written there: only a type
    checker would know. What is logged is left out: it is handed to nobody.
    """
    for path in WIRING:
        tree = ast.parse(path.read_text())
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        decorators = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            for decorator in node.decorator_list
            for inner in ast.walk(decorator)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and id(node) not in decorators
                and not ast.unparse(node.func).startswith(LOGS)
            ):
                yield from _of_call(node, module, methods)


def _of_call(
    node: ast.Call, module: ModuleType, methods: Mapping[str, Callable[..., Any]]
) -> Iterator[Argument]:
    callee = ast.unparse(node.func)
    signature = _signature(_found(callee, module, methods))
    places = [] if signature is None else _places(signature)
    for place, value in enumerate(node.args):
        starred = isinstance(value, ast.Starred)
        yield Argument(
            module=module.__name__,
            line=value.lineno,
            callee=callee,
            name=f"#{place}",
            required=None
            if signature is None
            else starred or (place < len(places) and _is_required(places[place])),
        )
    for keyword in node.keywords:
        name = keyword.arg or "**"
        parameter = None if signature is None else signature.parameters.get(name)
        yield Argument(
            module=module.__name__,
            line=keyword.value.lineno,
            callee=callee,
            name=name,
            required=None
            if signature is None
            else parameter is not None and _is_required(parameter),
        )


def _found(
    callee: str, module: ModuleType, methods: Mapping[str, Callable[..., Any]]
) -> Callable[..., Any] | None:
    """Return what is called: a name of the module, or one of the methods."""
    root, *rest = callee.split(".")
    found: Any = getattr(module, root, None) or getattr(
        importlib.import_module("builtins"), root, None
    )
    for name in rest:
        found = getattr(found, name, None)
    if found is None:
        method = methods.get(callee)
        # Without the object that it is called on.
        found = None if method is None else partial(method, None)
    return found if callable(found) else None


def _signature(found: Callable[..., Any] | None) -> inspect.Signature | None:
    if found is None:
        return None
    if isinstance(found, NewType):
        found = found.__call__
    try:
        return inspect.signature(found)
    except ValueError:  # some built-ins do not tell
        return None


def _places(signature: inspect.Signature) -> list[inspect.Parameter]:
    kinds = {
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    }
    return [one for one in signature.parameters.values() if one.kind in kinds]


def _is_required(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty and parameter.kind not in {
        inspect.Parameter.VAR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    }
