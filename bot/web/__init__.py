"""The endpoints that others call on us over HTTP. Knows no Discord and no SQL."""

from bot.web.callbacks import CallbackEndpoint
from bot.web.endpoints import build_web
from bot.web.server import serve_web

__all__ = ["CallbackEndpoint", "build_web", "serve_web"]
