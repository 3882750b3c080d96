"""Where the bots of these tests are begun."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.world import ZYGOTE


@pytest.fixture(scope="session", autouse=True)
def one_zygote(zygote_path: Path) -> Iterator[None]:
    """Let all crash worlds begin their lives in one place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ZYGOTE, str(zygote_path))
        yield
