"""Where the bots of these tests are begun."""

from tests.e2e.conftest import zygote_path

__all__ = ["zygote_path"]
