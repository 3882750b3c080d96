"""What the operator's channel is told."""

from collections.abc import Iterator

from bot.errors import AccountFault
from bot.operations.installation import OperatorMessage
from cogs.wire.operator_channel import operator_words
from tests.factories import MODEL
from tests.gallery.scene import NOW, Entry, Scene

JOB = "0a1b2c3d4e5f6071"


def messages(scene: Scene) -> Iterator[Entry]:
    """Say everything that only the operator can see to."""

    def told(caption: str, event: str, **values: str) -> Entry:
        message = OperatorMessage(
            id=1,
            event=event,
            values=values,
            told_at=NOW,
            attempts=0,
            fence=1,
        )
        words = operator_words(scene.texts, scene.locale, message)
        return Entry(caption=caption, shows=words)

    reasons = {
        AccountFault.BALANCE: "POST /v1/videos/generations answered 402",
        AccountFault.DAILY_LIMIT: "POST /v1/videos/generations answered 402 key_daily",
        AccountFault.KEY: "POST /v1/videos/generations answered 401",
        AccountFault.MODEL: "POST /v1/videos/generations answered 403 model_access",
        AccountFault.ADDRESS: "POST /v1/videos/generations answered 404",
    }
    for fault, reason in reasons.items():
        is_daily = fault is AccountFault.DAILY_LIMIT
        resets_at = str(int(scene.later(hours=12).timestamp())) if is_daily else "-"
        yield told(
            f"Requests are paused: {fault}",
            "intake-paused",
            fault=fault.value,
            reason=reason,
            model=MODEL,
            resets_at=resets_at,
        )
    for minutes in ("1", "90"):
        yield told(f"Resumed after {minutes} min", "intake-resumed", minutes=minutes)
        yield told(f"No answer for {minutes} min", "outage", minutes=minutes)
        yield told(f"An answer after {minutes} min", "outage-ended", minutes=minutes)
        yield told(
            f"Storage back after {minutes} min",
            "storage-restored",
            minutes=minutes,
            process="only",
        )
    yield told(
        "One of several models is refused",
        "model-refused",
        model="sora-2-preview",
        reason="POST /v1/videos/generations answered 403 model_access_denied",
    )
    yield told(
        "The host of files refuses the key",
        "files-refused",
        reason="POST /api/v1/files/upload/stream answered 401",
    )
    for process in ("only", "12 on host-a"):
        yield told(
            f"A full disk, {process}",
            "storage-full",
            reason="no space left",
            process=process,
        )
        yield told(
            f"A database out of order, {process}",
            "storage-broken",
            reason="file is not a database",
            process=process,
        )
    yield told(
        "No copy of the database",
        "backup-failed",
        reason="The folder /backups cannot be read: Permission denied.",
    )
    for seconds in (7, -3600):
        yield told(
            f"A clock {seconds} s ahead",
            "clock-wrong",
            process="12 on host-a",
            seconds=str(seconds),
        )
    yield told(
        "A second task",
        "second-task",
        job_id=JOB,
        task_id="task-unified-1773487800-b8k2",
        credits_reserved="4.9",
    )
    yield told("Most of the budget is used", "spend-warning", percent="81")
    yield told("A request that may be lost", "unconfirmed", job_id=JOB)
    yield told("A link that will expire", "link-expiring", job_id=JOB)
    yield told("Something else", "some-event", job_id=JOB, attempts="3")
