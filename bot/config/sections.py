"""What a section of the configuration is, and the kinds of value in it."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
)

from bot.config.addresses import page_address
from bot.config.shown import shown_path
from bot.quotas.limits import NO_LIMIT

LONGEST_DAYS = 36_525
"""A century: longer is a slip of the finger, and soon beyond what a date can hold."""
LONGEST_S = LONGEST_DAYS * 86_400
MOST = 1_000_000_000
"""Of anything that is counted."""


class Section(BaseModel):
    """A table of the file. An unknown key is an error: it is nearly always a typo."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        # `inf` and `nan` compare in ways that no limit survives.
        allow_inf_nan=False,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


class Variable(str):
    """A value from an environment variable, where numbers are texts as well."""

    __slots__ = ()


def _number(value: object) -> object:
    """Take no text of the file for a number, nor true for 1."""
    if isinstance(value, str) and not isinstance(value, Variable):
        msg = "must be a number, without quotation marks"
        raise ValueError(msg)  # noqa: TRY004 - pydantic expects this one
    return _no_switch(value)


def _no_switch(value: object) -> object:
    if isinstance(value, bool):
        msg = "must be a number, not true or false"
        raise ValueError(msg)  # noqa: TRY004 - pydantic expects this one
    return value


def _unset(value: object) -> object:
    """Treat an empty text as unset: neither TOML nor an environment knows null."""
    return None if isinstance(value, str) and not value.strip() else value


def _usable_secret(secret: SecretStr) -> SecretStr:
    """Return the secret without the white space that copying leaves around it."""
    text = secret.get_secret_value().strip()
    if not text:
        msg = "is empty"
        raise ValueError(msg)
    # A line end or a letter beyond ASCII would break the HTTP header it travels in;
    # what JSON escapes would no longer be known, and hidden, in the log.
    if not text.isascii() or not text.isprintable() or set(text) & set(" \"'\\"):
        msg = "must be one word of ASCII characters without quotes or backslashes"
        raise ValueError(msg)
    return SecretStr(text)


def _existing_file(path: Path) -> Path:
    try:
        if path.is_file():
            return path
        is_folder = path.is_dir()
    except (OSError, ValueError):  # too long for a name, or none at all
        is_folder = False
    msg = "must name a file that exists"
    if (name := shown_path(path)) is not None:
        msg += f". {name} is a folder" if is_folder else f". There is no {name}"
    raise ValueError(msg)


def _limit(value: float) -> float:
    if value < 0 and value != NO_LIMIT:
        msg = "must be 0 or more, or -1 for no limit"
        raise ValueError(msg)
    return value


def _ids(value: object) -> object:
    """Read a JSON list, which is how a list is written in an environment variable."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        msg = "must be a JSON list of ids, such as [123, 456]"
        raise ValueError(msg) from error


def _names(value: object) -> object:
    """Read a JSON list, which is how a list is written in an environment variable."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        msg = 'must be a list of names, such as ["one", "another"]'
        raise ValueError(msg) from error


Unset = BeforeValidator(_unset)
Number = BeforeValidator(_number)
"""For every setting that is a number."""
Secret = Annotated[SecretStr, AfterValidator(_usable_secret)]
SecretFile = Annotated[Path | None, Unset]
Limit = Annotated[int, Field(le=MOST), AfterValidator(_limit), Number]
"""Videos; 0 = none allowed, -1 = no limit."""
SecondsLimit = Annotated[float, Field(le=LONGEST_S), AfterValidator(_limit), Number]
Seconds = Annotated[float, Field(gt=0, le=LONGEST_S), Number]
Days = Annotated[float, Field(gt=0, le=LONGEST_DAYS), Number]
Credits = Annotated[float, Field(ge=0), Number]
Snowflake = Annotated[int, Field(gt=0, lt=2**63), BeforeValidator(_no_switch)]
"""An id as Discord writes it; some write ids in quotation marks."""
Ids = Annotated[frozenset[Snowflake] | None, BeforeValidator(_ids), Unset]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Link = Annotated[Annotated[str, AfterValidator(page_address)] | None, Unset]
"""An address that people may open."""
ExistingFile = Annotated[Annotated[Path, AfterValidator(_existing_file)] | None, Unset]
