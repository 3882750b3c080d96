"""A page that shows the stand-in Discord as a person would see it, and its backstage.

It knows both stand-ins, and of the bot only that it can be killed and started.
"""

from sandbox.page.backstage import Bot, Pace
from sandbox.page.server import Page, PageConfig

__all__ = ["Bot", "Pace", "Page", "PageConfig"]
