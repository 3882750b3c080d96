"""EvoLink's host of files, where a picture lies while a clip is made from it.

A file lives for 72 hours, an account holds a hundred, and a file of the same name
replaces the earlier one. Source: EvoLink docs.
"""

import re
from http import HTTPStatus
from io import BytesIO

import aiohttp
from pydantic import SecretStr

from bot.counting import CountRequest, counted
from bot.errors import EvolinkError, FilesRefused
from bot.evolink import calls
from bot.evolink.answers import Answer, complaint_in
from bot.evolink.calls import READ_TIMEOUT_S, UPLOAD_TIMEOUT_S, CallKind
from bot.evolink.file_errors import is_gone
from bot.evolink.parsing import is_address
from bot.evolink.redaction import Redactor
from bot.evolink.refusal_log import logged_error
from bot.evolink.transport import Transport
from bot.evolink.wire import FileWire
from bot.ids import FileId
from bot.pictures.ports import UploadedFile

_FILE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class EvolinkFiles:
    """Uploads and deletes files. Implements `bot.pictures.ports.Files`.

    As `EvolinkClient`: one HTTP request for each call, nothing but `EvolinkError` for
    what happens outside. Nothing here is paid for, so all of it may be repeated.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        files_url: str,
        api_key: SecretStr,
        count: CountRequest,
        upload_timeout_s: float = UPLOAD_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._transport = Transport(
            session,
            base_url=files_url,
            api_key=api_key,
            timeouts_s={
                CallKind.UPLOAD: upload_timeout_s,
                CallKind.DELETE_FILE: read_timeout_s,
            },
        )
        self._count = count
        self._redactor = Redactor(api_key)

    async def upload(self, name: str, data: bytes, content_type: str) -> UploadedFile:
        """Upload a file, in the place of the account's earlier one of that name.

        Afterwards everybody who knows its address can read it, for 72 hours.

        Raises:
            FilesUnavailable: If there was no answer, or none of use. A file may be
                there all the same, until one of the same name replaces it.
            RateLimited: If EvoLink asks to wait.
            FilesFull: If the account holds as many files as it may.
            FilesRefused: If this file will never be taken.
            AccountRefused: If the key or the balance was refused.
        """
        form = aiohttp.FormData()
        # Read piece by piece: aiohttp would send bytes of any length at once.
        file = BytesIO(data)
        form.add_field("file", file, filename=name, content_type=content_type)
        form.add_field("fileName", name)
        with counted(self._count, "evolink", calls.UPLOAD.kind.value):
            answer = await self._transport.ask(calls.UPLOAD, form=form)
            uploaded = _uploaded(answer)
            if uploaded is None:
                raise self._error(answer)
            return uploaded

    async def delete(self, file_id: FileId) -> None:
        """Delete a file. One that is gone already is as good as deleted.

        Raises:
            FilesUnavailable: If nobody knows whether it is gone.
            RateLimited: If EvoLink asks to wait.
            FilesRefused: If this one is not ours to delete, or this is no file's id.
            AccountRefused: If the key was refused.
        """
        if not _FILE_ID.fullmatch(file_id):
            msg = "no request was made: this is no file id"
            raise FilesRefused(msg)
        call = calls.delete_of(file_id)
        with counted(self._count, "evolink", call.kind.value):
            answer = await self._transport.ask(call)
            if not (_is_deleted(answer) or is_gone(answer, complaint_in(answer))):
                raise self._error(answer)

    def _error(self, answer: Answer) -> EvolinkError:
        return logged_error(answer, self._redactor)


def _is_deleted(answer: Answer) -> bool:
    if answer.status == HTTPStatus.NO_CONTENT:
        return True
    is_plain = answer.is_ok and isinstance(answer.body, dict)
    return is_plain and complaint_in(answer) is None


def _uploaded(answer: Answer) -> UploadedFile | None:
    """Return what was uploaded, or None if the answer does not name it."""
    if not answer.is_ok or complaint_in(answer) is not None:
        return None
    if not isinstance(answer.body, dict):
        return None
    wire = FileWire.model_validate(answer.body)
    file_id, url = wire.file_id, (wire.file_url or "").strip()
    if file_id is None or not _FILE_ID.fullmatch(file_id) or not is_address(url):
        return None
    return UploadedFile(file_id=FileId(file_id), url=url)
