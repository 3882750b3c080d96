"""What tests of operating the bot share with those of the pipeline."""

from tests.pipeline.conftest import callback_tasks, make_dispatcher

__all__ = ["callback_tasks", "make_dispatcher"]
