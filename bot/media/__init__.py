"""Clips made smaller, their last frames, and large pictures. Needs the extra `media`.

That is PyAV, which brings all of FFmpeg to bytes from outside. So the bot never imports
it: a child process does, without our settings, and bounded in time and memory.
"""

from importlib.util import find_spec


def is_installed() -> bool:
    """Return whether PyAV is there."""
    return find_spec("av") is not None
