"""Numbers as people write them: no exponent, no needless zeros."""


def plain(number: float) -> str:
    """Return a number with at most two decimals: 1234567, 1.5, 0."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def plural(count: float, thing: str) -> str:
    """Return a number of things: "1 channel", "2 channels", "1234567.25 credits"."""
    shown = plain(count)
    return f"{shown} {thing}" if shown == "1" else f"{shown} {thing}s"


def days_left(days: float) -> str:
    """Return for how long something lasts, roughly."""
    if days < 1:
        return "less than a day"
    if days > 365:  # noqa: PLR2004
        return "more than a year"
    return f"about {plural(int(days), 'day')}"
