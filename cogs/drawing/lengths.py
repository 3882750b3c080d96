"""Lengths of time in the reader's language."""

from bot.texts.texts import Texts

_UNITS = ((86_400, "length-days"), (3600, "length-hours"), (60, "length-minutes"))


def length_of_time(texts: Texts, locale: str, seconds: float) -> str:
    """Say a length in the largest unit that it is a whole number of, from minutes up.

    90 stays "90 seconds", 5400 becomes "90 minutes".
    """
    for unit_s, text_id in _UNITS:
        if seconds >= unit_s and seconds % unit_s == 0:
            return texts.say(locale, text_id, count=int(seconds // unit_s))
    whole = int(seconds) if seconds == int(seconds) else seconds
    return texts.say(locale, "length-seconds", count=whole)
