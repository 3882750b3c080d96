"""Clapper: videos from prompts, for Discord, with nothing lost and nothing paid twice."""

__version__ = "0.1.0"
