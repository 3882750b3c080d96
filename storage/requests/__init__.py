"""Decisions on requests, and what fills them in."""
