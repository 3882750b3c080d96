"""Where the real processes of these tests are begun."""

from tests.e2e.conftest import open_world, zygote_path
from tests.together.conftest import cluster, opened

__all__ = ["cluster", "open_world", "opened", "zygote_path"]
