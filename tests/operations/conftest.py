"""What tests of operating the bot share with those of the pipeline."""

from tests.pipeline.conftest import claims, make_dispatcher

__all__ = ["claims", "make_dispatcher"]
