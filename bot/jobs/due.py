"""The kinds of work that wait for a time."""

from enum import StrEnum


class Due(StrEnum):
    """The kinds of work that wait for a time, each a nullable column of the job."""

    SUBMIT = "submit_due_at"
    POLL = "poll_due_at"
    DELIVERY = "delivery_due_at"
    NOTICE = "notice_due_at"
    STATUS = "status_due_at"
