"""Identifiers, each a type of its own so that none is taken for another."""

import hashlib
import secrets
from typing import NewType

JobId = NewType("JobId", str)
TaskId = NewType("TaskId", str)
FileId = NewType("FileId", str)
GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
UserId = NewType("UserId", int)
MessageId = NewType("MessageId", int)
InteractionId = NewType("InteractionId", int)

JOB_ID_PATTERN = r"[0-9a-f]{16}"
"""What a job id looks like, for custom_ids and file names."""


def new_job_id() -> JobId:
    """Return 16 random hexadecimal digits.

    Short, because with a prefix it must fit Discord's nonce of 25 characters; random,
    because buttons' custom_ids contain it, and people can forge those.
    """
    return JobId(secrets.token_hex(8))


def first_submit_key(job_id: JobId) -> str:
    """Return the Idempotency-Key of a job's first paid request.

    It follows from the job, so that a copy of the database from before that request
    asks under the same key.
    """
    digest = hashlib.sha256(f"submit {job_id}".encode()).hexdigest()
    return f"run_{digest[:32]}"


def new_submit_key() -> str:
    """Return a fresh Idempotency-Key in the form that EvoLink's own client uses."""
    return f"run_{secrets.token_hex(16)}"
