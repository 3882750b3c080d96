"""What `make test` leaves to `make check`."""

import pytest


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
