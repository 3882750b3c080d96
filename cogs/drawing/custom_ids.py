"""Writes and reads the custom_ids of our buttons and modals.

All that a button needs is in its custom_id, so that it works after a restart too. The
job's row decides who may press it, never the custom_id.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.ids import JOB_ID_PATTERN, JobId, UserId
from bot.requests.listing import StatusFilter


class Act(StrEnum):
    """What a button or modal does with its job."""

    CANCEL = "cancel"
    CANCEL_CONFIRMED = "cancel_confirmed"
    KEEP = "keep"
    """Do not cancel after all."""
    AGAIN = "again"
    EDIT = "edit"
    CONTINUE = "continue"
    DELETE = "delete"
    REPORT = "report"


class CardAct(StrEnum):
    """What moderators do with a card. Its subject is a job, or a report."""

    APPROVE = "approve"
    DENY = "deny"
    BLOCK_REQUESTER = "block"
    REMOVE = "remove"
    DISMISS = "dismiss"
    BLOCK_REPORTED = "blockr"


class MessageKind(StrEnum):
    """The kind of message that a button stands on."""

    STATUS = "status"
    CLIP = "clip"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPress:
    """Somebody pressed a button of a job, or sent a modal that one had opened."""

    act: Act
    job_id: JobId
    message_kind: MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePress:
    """Somebody turned a page of their list."""

    status: StatusFilter | None
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimatePress:
    """Somebody sent the form about a picture."""

    number: int | None
    """Stands for the picture of a message; None = it came with the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPress:
    """Somebody pressed a button of a card, or sent a modal that one had opened."""

    act: CardAct
    subject: str
    """A job's id for reviews, a report's id for reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPress:
    """Somebody turned a page of the audit."""

    member: UserId | None
    page: int


class QuotaButton(StrEnum):
    """The answers to the question whether to reset a server's usage."""

    RESET_EVERYBODY = "clapper:quota:reset"
    KEEP_EVERYTHING = "clapper:quota:keep"


FORGET_BUTTON = "clapper:forget"

_ANIMATE = re.compile(r"clapper:animate:(?P<number>file|[0-9]{1,20})")
_CARD = re.compile(
    rf"clapper:card:(?P<act>{'|'.join(CardAct)}):(?P<subject>[0-9a-f]{{16}})"
)
_HISTORY = re.compile(
    r"clapper:history:(?P<member>all|[0-9]{1,20}):(?P<page>[0-9]{1,6})"
)
_JOB = re.compile(
    rf"clapper:(?P<act>{'|'.join(Act)}):(?P<job>{JOB_ID_PATTERN})"
    rf":(?P<message_kind>{'|'.join(MessageKind)})"
)
_PAGE = re.compile(
    rf"clapper:list:(?P<status>all|{'|'.join(StatusFilter)}):(?P<page>[0-9]{{1,6}})"
)


def kind_of(custom_id: str) -> str:
    """Return the kind of one of our custom_ids, its second word; empty if not ours."""
    ours, _, rest = custom_id.partition(":")
    return rest.partition(":")[0] if ours == "clapper" else ""


def job_button(act: Act, job_id: JobId, message_kind: MessageKind) -> str:
    """Return the custom_id of a job's button."""
    return f"clapper:{act}:{job_id}:{message_kind}"


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
        message_kind=MessageKind(match["message_kind"]),
    )


def page_press(custom_id: str) -> PagePress | None:
    """Read a button that turns a page; None if it is something else."""
    match = _PAGE.fullmatch(custom_id)
    if match is None:
        return None
    status = None if match["status"] == "all" else StatusFilter(match["status"])
    return PagePress(status=status, page=int(match["page"]))


def forget_press(custom_id: str) -> str | None:
    """Return the custom_id of the button that confirms an erasure; None if not it."""
    return custom_id if custom_id == FORGET_BUTTON else None


def quota_press(custom_id: str) -> QuotaButton | None:
    """Read an answer to the question of a reset; None if it is something else."""
    return QuotaButton(custom_id) if custom_id in set(QuotaButton) else None


def animate_form(number: int | None) -> str:
    """Return the custom_id of the form about a picture."""
    return f"clapper:animate:{'file' if number is None else number}"


def animate_press(custom_id: str) -> AnimatePress | None:
    """Read the form about a picture; None if it is something else."""
    match = _ANIMATE.fullmatch(custom_id)
    if match is None:
        return None
    number = None if match["number"] == "file" else int(match["number"])
    return AnimatePress(number=number)


def card_button(act: CardAct, subject: str) -> str:
    """Return the custom_id of a card's button."""
    return f"clapper:card:{act}:{subject}"


def card_press(custom_id: str) -> CardPress | None:
    """Read a card's button; None if it is something else."""
    match = _CARD.fullmatch(custom_id)
    if match is None:
        return None
    return CardPress(act=CardAct(match["act"]), subject=match["subject"])


def history_button(member: UserId | None, page: int) -> str:
    """Return the custom_id of a button that turns to a page of the audit."""
    return f"clapper:history:{'all' if member is None else member}:{page}"


def history_press(custom_id: str) -> HistoryPress | None:
    """Read a button that turns a page of the audit; None if it is something else."""
    match = _HISTORY.fullmatch(custom_id)
    if match is None:
        return None
    member = None if match["member"] == "all" else UserId(int(match["member"]))
    return HistoryPress(member=member, page=int(match["page"]))
