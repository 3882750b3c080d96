"""The invariant that holds after every test of a worker."""

import pytest


@pytest.fixture(autouse=True)
def _nothing_is_stuck(nothing_is_stuck: None) -> None:
    """A job that somebody waits for is looked at again."""
