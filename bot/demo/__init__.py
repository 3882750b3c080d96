"""`clapper demo`: the real bot between stand-ins for Discord and EvoLink."""

from bot.demo.show import DemoOptions, run

__all__ = ["DemoOptions", "run"]
