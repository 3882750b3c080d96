"""What stands in the custom_ids of our buttons and modals, written and read.

All that a button needs is in its custom_id, so that it works after a restart too. Who
may press it is decided by the job's row, never by what stands here.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import JOB_ID_PATTERN, JobId
from bot.usecases.listing import StatusFilter


class Act(StrEnum):
    """What a button or modal does with its job."""

    CANCEL = "cancel"
    AGAIN = "again"
    EDIT = "edit"
    DELETE = "delete"


class Bearer(StrEnum):
    """The kind of message that a button stands on."""

    STATUS = "status"
    CLIP = "clip"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPress:
    """Somebody pressed a button of a job, or sent a modal that one had opened."""

    act: Act
    job_id: JobId
    bearer: Bearer


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePress:
    """Somebody turned a page of their list."""

    status: StatusFilter | None
    page: int


_JOB = re.compile(
    rf"clapper:(?P<act>{'|'.join(Act)}):(?P<job>{JOB_ID_PATTERN})"
    rf":(?P<bearer>{'|'.join(Bearer)})"
)
_PAGE = re.compile(
    rf"clapper:list:(?P<status>all|{'|'.join(StatusFilter)}):(?P<page>[0-9]{{1,6}})"
)


def job_button(act: Act, job_id: JobId, bearer: Bearer) -> str:
    """Return the custom_id of a job's button."""
    return f"clapper:{act}:{job_id}:{bearer}"


def page_button(status: StatusFilter | None, page: int) -> str:
    """Return the custom_id of a button that turns to a page."""
    return f"clapper:list:{status or 'all'}:{page}"


def job_press(custom_id: str) -> JobPress | None:
    """Read a job's button; None if it is something else."""
    match = _JOB.fullmatch(custom_id)
    if match is None:
        return None
    return JobPress(
        act=Act(match["act"]),
        job_id=JobId(match["job"]),
        bearer=Bearer(match["bearer"]),
    )


def page_press(custom_id: str) -> PagePress | None:
    """Read a button that turns a page; None if it is something else."""
    match = _PAGE.fullmatch(custom_id)
    if match is None:
        return None
    status = None if match["status"] == "all" else StatusFilter(match["status"])
    return PagePress(status=status, page=int(match["page"]))
