"""Seats: what one process at a time does for all of them."""

from enum import StrEnum


class Seat(StrEnum):
    """Work that needs one pair of eyes, or that is wasted if two do it."""

    EVOLINK = "evolink"
    """All that shares what is learned of EvoLink: requests, polls, account, outages."""
    HOUSEKEEPING = "housekeeping"
    """What looks after the whole database: retention, sums, clocks and watches."""
    DISCORD = "discord"
    """What is told to Discord once: the commands."""
