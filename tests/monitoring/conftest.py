"""Where the real processes of these tests are begun."""

from tests.e2e.conftest import open_world
from tests.together.conftest import cluster, opened

__all__ = ["cluster", "open_world", "opened"]
