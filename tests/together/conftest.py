"""Where these processes are begun, and their database server."""

from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.storage.cluster import Cluster, programs
from tests.together.town import Town, open_town

OpenTown = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.fixture(scope="session")
def cluster() -> Generator[Cluster]:
    """Run a PostgreSQL that these tests may stop and start."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL on this machine")
    made = Cluster(found)
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def opened(cluster: Cluster, zygote_path: Path, tmp_path: Path) -> OpenTown:
    """Open a town with a database of its own."""
    return partial(open_town, cluster, zygote_path, tmp_path)
