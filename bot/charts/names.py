"""Members' names as the picture's font can write them, and as wide as there is room."""

import unicodedata
from collections.abc import Callable, Mapping

from bot.ids import UserId

NAME_CHARS = 18
_FIRST_FOREIGN = "\u0530"
"""The font writes Latin, Greek and Cyrillic; it has nothing, or no joining, beyond."""


def drawable_name(user_id: UserId, names: Mapping[UserId, str]) -> str:
    """Return a name that the picture's font can write, or the end of the id."""
    name = unicodedata.normalize("NFC", names.get(user_id, ""))
    # Marks that are part of no letter could be piled up over the lines above.
    drawable = "".join(
        char
        for char in name
        if char.isprintable()
        and char < _FIRST_FOREIGN
        and not unicodedata.combining(char)
    )
    shown = " ".join(drawable.split())
    return shortened(shown, NAME_CHARS) if shown else f"…{str(user_id)[-4:]}"


def shortened(name: str, chars: int) -> str:
    """Return a name of at most so many characters."""
    return name if len(name) <= chars else f"{name[: chars - 1].rstrip()}…"


def fitting(
    name: str, rest: str, width_px: float, width_of: Callable[[str], float]
) -> str:
    """Return a name, shortened until it fits beside the rest, and the rest."""
    chars = len(name)
    while chars > 1 and width_of(shortened(name, chars) + rest) > width_px:
        chars -= 1
    # A dollar sign would begin a formula of the drawing library.
    return (shortened(name, chars) + rest).replace("$", r"\$")
