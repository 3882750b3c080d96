"""Text files that people write, with whatever editor they have."""

import codecs

_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


class NotUtf8(ValueError):
    """A file is in another encoding. The text is one sentence or two about that file.

    It says what to do, and repeats nothing of what stands in the file.
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
        # The error holds what stands in the file, which may be a secret.
        raise NotUtf8(msg) from None
