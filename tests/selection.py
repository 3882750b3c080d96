"""What `make test` leaves to `make check`."""

from collections.abc import Iterable
from itertools import islice

import pytest

USUAL = "not soak and not thorough"
"""What `make test` asks pytest for, as in `pyproject.toml`."""


def thorough(*cases: object) -> list[object]:
    """Mark cases of a parametrized test: `make test` has others of their kind.

    A case that has several values is a tuple.
    """
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=pytest.mark.thorough,
        )
        for case in cases
    ]


def first_cases(test: object) -> None:
    """Leave a test, or a class of tests, the first case of each of its parameters.

    Else thousands of items are made that are not run.
    """
    marks = getattr(test, "pytestmark", None)
    if isinstance(marks, list):
        for number, one in enumerate(marks):
            if one.name == "parametrize":
                marks[number] = _first_case(one)


def _first_case(mark: pytest.Mark) -> pytest.Mark:
    names, values, *rest = mark.args
    values = list(values)
    usual = (n for n, one in enumerate(values) if not _is_thorough(one))
    first = next(usual, 0)
    more = dict(mark.kwargs)
    if isinstance(more.get("ids"), Iterable):  # it may also be a function
        more["ids"] = list(islice(more["ids"], first, first + 1))
    chosen = values[first : first + 1]
    return pytest.mark.parametrize(names, chosen, *rest, **more).mark


def _is_thorough(case: object) -> bool:
    return any(one.name in {"thorough", "soak"} for one in getattr(case, "marks", ()))
