"""Keeps the pictures of jobs."""

from sqlalchemy import Connection, bindparam, insert, select

from bot.ids import JobId
from bot.pictures.prepare import PreparedPicture
from storage.database.engine import Database
from storage.tables.pictures import pictures

_KEEP = insert(pictures)
_DATA = select(pictures.c.data).where(pictures.c.job_id == bindparam("this_job"))


def keep_picture(
    connection: Connection, job_id: JobId, picture: PreparedPicture
) -> None:
    """Keep a job's picture, in a transaction of the caller's."""
    connection.execute(
        _KEEP,
        {
            "job_id": job_id,
            "width": picture.width,
            "height": picture.height,
            "attempts": 0,
            "data": picture.data,
        },
    )


class SqlPictures:
    """Implements `bot.pictures.ports.Pictures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, job_id: JobId) -> bytes | None:
        def read(connection: Connection) -> bytes | None:
            data: bytes | None = connection.scalar(_DATA, {"this_job": job_id})
            return data

        return await self._database.read(read)
