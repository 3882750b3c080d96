"""Text files that people write, and tables that they open with a spreadsheet."""

import codecs

_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What spreadsheets take for the beginning of one (OWASP: "CSV Injection")."""


class NotUtf8(ValueError):
    """A file is in another encoding. The text is one sentence or two about that file.

    It says what to do, and repeats nothing from the file.
    """


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, without the byte order mark it may have.

    Raises:
        NotUtf8: If it is in another encoding.
    """
    if content.startswith(_BYTE_ORDER_MARKS) or b"\0" in content:
        msg = "is not UTF-8 text. It looks like UTF-16: save it as UTF-8."
        raise NotUtf8(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(content[: error.start].splitlines() or [b""])
        msg = (
            f"is not UTF-8 text. Line {line} is in another encoding, such as Latin-1: "
            "save the file as UTF-8."
        )
        # The error contains text from the file, which may be a secret.
        raise NotUtf8(msg) from None


def table_cell(text: str) -> str:
    """Return a text as every spreadsheet shows it, and none runs it as a formula."""
    # A lone surrogate, half a character, cannot be written.
    writable = text.encode("utf-8", "replace").decode()
    if writable.lstrip(" ").startswith(_FORMULA_BEGINS):
        return f"'{writable}"
    return writable
