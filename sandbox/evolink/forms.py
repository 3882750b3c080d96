"""Reads a form with files (RFC 7578) that has arrived as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

from sandbox.evolink.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field."""

    data: bytes
    file_name: str | None
    """`None` where the field is no file."""


def read_form(content_type: str, raw: bytes) -> Mapping[str, Part]:
    """Return the fields by name; of two of the same name the last one.

    Raises:
        Refusal: If this is no such form.
    """
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/form-data" or not boundary:
        raise Refusal("invalid_request", "Content-Type must be multipart/form-data.")
    delimiter = b"\r\n--" + boundary.encode()
    before, *pieces = (b"\r\n" + raw).split(delimiter)
    if before or not pieces or not pieces[-1].startswith(b"--"):
        raise Refusal("invalid_request", "The form ends too early.")
    return dict(_part(piece) for piece in pieces[:-1])


def _part(piece: bytes) -> tuple[str, Part]:
    head, gap, data = piece.partition(b"\r\n\r\n")
    described = BytesHeaderParser().parsebytes(head.lstrip())
    name = described.get_param("name", header="content-disposition")
    if not gap or not isinstance(name, str):
        raise Refusal("invalid_request", "A field of the form has no name.")
    return name, Part(data=data, file_name=described.get_filename())
