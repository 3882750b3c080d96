"""What asking for a video needs of the interaction that asked. Declarations only."""

from typing import Protocol

from bot.ids import MessageId
from bot.jobs.jobs import Job


class Acknowledgement(Protocol):
    """The interaction that asked for a job, as far as it can still be answered.

    Implemented in `cogs`, for one interaction each.
    """

    async def show_received(self, job: Job) -> MessageId:
        """Answer with the public status message.

        Raises:
            TokenExpired: If Discord no longer takes an answer.
            MessengerDown: If it cannot be known whether Discord took it.
            MessengerError: If Discord refused it, or nobody can read what it said.
        """
        ...

    async def withdraw(self, job: Job) -> None:
        """Delete the status message again. A message already gone is no error."""
        ...
