"""Secrets in files of their own, and those that still have the example's value.

Container platforms provide secrets as files.
"""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.config.config import Config
from bot.config.names import Setting, secrets
from bot.config.shown import printable, shown_path
from bot.text_files import NotUtf8, decoded

MAX_SECRET_BYTES = 4096
"""A secret is one line. A larger file must be the wrong one."""

UNNAMED = "the file that it names"
"""In place of a name that may be the secret itself."""

Gathered = dict[str, dict[str, Any]]
"""What a source says, by section and key, unchecked."""


class _Unfit(ValueError):
    """A file that holds no secret. The text is a sentence about that file."""


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


def read_secrets(gathered: Gathered) -> tuple[dict[Setting, str], dict[Setting, str]]:
    """Put the content of named files where the secrets belong, in place.

    Returns a sentence for each secret that could not be had this way, and the files
    of the others.
    """
    faults: dict[Setting, str] = {}
    found: dict[Setting, str] = {}
    for secret in secrets():
        section = gathered.get(secret.section, {})
        named = section.get(file_of(secret).key)
        if not named:
            continue
        if section.get(secret.key):
            faults[secret] = f"{secret} and {file_of(secret)} are both given; keep one."
            continue
        path = Path(str(named))
        try:
            section[secret.key] = _only_line(path)
            found[secret] = printable(str(path))
        except (NotUtf8, _Unfit) as error:
            shown = shown_path(path) or UNNAMED
            faults[secret] = f"{file_of(secret)}: {shown} {error}"
        except (OSError, ValueError) as error:
            # `strerror` and not the whole error, which repeats the path.
            reason = getattr(error, "strerror", None) or "that is no name of a file"
            shown = shown_path(path) or UNNAMED
            faults[secret] = f"{file_of(secret)}: {shown} cannot be read: {reason}."
    return faults, found


def _only_line(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MAX_SECRET_BYTES + 1)
    if len(content) > MAX_SECRET_BYTES:
        msg = f"is larger than {MAX_SECRET_BYTES} bytes: it is another file."
        raise _Unfit(msg)
    text = decoded(content).strip()
    if not text:
        msg = "is empty."
        raise _Unfit(msg)
    if len(text.splitlines()) > 1:
        msg = "has more than one line; it may hold nothing but the secret."
        raise _Unfit(msg)
    return text


PLACEHOLDERS = MappingProxyType(
    {
        Setting("discord", "token"): (
            "put-the-bot-token-here",
            "put your bot's token there (Discord Developer Portal: Bot, Reset Token)",
        ),
        Setting("evolink", "api_key"): (
            "put-the-api-key-here",
            "put your API key there (EvoLink's dashboard)",
        ),
        Setting("http", "page_token"): (
            "put-32-characters-of-your-own-here",
            "put a token of your own there (openssl rand -hex 32)",
        ),
    }
)
"""What `config.example.toml` says, and what to do about it."""


def placeholders(config: Config) -> Iterator[str]:
    """Yield a sentence for each secret that is the example's own."""
    for setting, (example, advice) in PLACEHOLDERS.items():
        secret = getattr(getattr(config, setting.section), setting.key)
        if secret is not None and secret.get_secret_value() == example:
            yield f"{setting} is still the example's: {advice}."
