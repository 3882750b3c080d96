"""A member who has asked, and the job that came of it."""

from datetime import UTC, datetime
from typing import Any

from bot.ids import MessageId
from bot.jobs.jobs import Job
from sandbox.discord.messages import Message
from tests.cogs.stage import Stage


async def asked_for(stage: Stage, **fields: Any) -> tuple[Message, Job]:
    """Let a member ask, and return the status message with its job."""
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(
        status_message_id=MessageId(message.id),
        interaction_token=handle.interaction.token,
        requested_at=datetime.now(UTC),
        **fields,
    )
    return message, job
