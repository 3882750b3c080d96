"""Secrets that stand in files of their own, as container platforms hand them over."""

from pathlib import Path
from typing import Any

from bot.config.names import Setting, secrets

MAX_SECRET_BYTES = 4096
"""A secret is a line. Whoever names a larger file has named the wrong one."""

Gathered = dict[str, dict[str, Any]]
"""What a source says, by section and key, unchecked."""


def file_of(secret: Setting) -> Setting:
    """Return the setting that names a secret's file."""
    return Setting(secret.section, f"{secret.key}_file")


def preferred(below: Gathered, above: Gathered) -> Gathered:
    """Lay one source over another. A secret above replaces one below, however given."""
    merged = {
        section: below.get(section, {}) | above.get(section, {})
        for section in below | above
    }
    for secret in secrets():
        for one, other in (
            (secret, file_of(secret)),
            (file_of(secret), secret),
        ):
            upper = above.get(one.section, {})
            if upper.get(one.key) and other.key not in upper:
                merged[one.section].pop(other.key, None)
    return merged


def read_secrets(gathered: Gathered) -> dict[Setting, str]:
    """Put the content of named files where the secrets belong, in place.

    Returns a sentence for each secret that could not be had this way.
    """
    faults: dict[Setting, str] = {}
    for secret in secrets():
        section = gathered.get(secret.section, {})
        named = section.get(file_of(secret).key)
        if not named:
            continue
        if section.get(secret.key):
            faults[secret] = f"{secret} and {file_of(secret)} are both given; keep one."
            continue
        try:
            section[secret.key] = _first_line(Path(str(named)))
        except (OSError, ValueError) as error:
            # `strerror` and not the whole error, which repeats the path: it may be
            # the secret itself, given in the wrong place.
            reason = getattr(error, "strerror", None) or "it is no text of one line"
            faults[secret] = f"{file_of(secret)} cannot be read: {reason}."
    return faults


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        text = file.read(MAX_SECRET_BYTES + 1).strip()
    if not text or len(text) > MAX_SECRET_BYTES or len(text.splitlines()) > 1:
        raise ValueError
    return text
