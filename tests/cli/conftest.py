"""What belongs to the whole process is put back after each command."""

from collections.abc import Iterator

import pytest

from tests.plain_logs import log_kept


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    with log_kept():
        yield
