"""Asking for videos, looking through them, and the buttons under them."""
