"""Paths of Discord's API, as patterns for its stand-in."""

MESSAGES = r"/channels/\d+/messages"
