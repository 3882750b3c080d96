"""Clapper: videos from prompts, with nothing lost and nothing paid twice."""

__version__ = "0.1.0"
