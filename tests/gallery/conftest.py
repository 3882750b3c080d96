"""The gallery's fixtures."""

from tests.page.conftest import browser

__all__ = ["browser"]
