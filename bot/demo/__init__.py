"""`clapper demo`: the real bot between stand-ins for Discord and EvoLink."""

from bot.demo.show import Wishes, run

__all__ = ["Wishes", "run"]
