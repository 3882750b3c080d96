"""The forms in which a service fails, in the words of both stand-ins."""

from dataclasses import dataclass
from typing import Literal

from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.evolink import Fault as EvolinkFault

Answer = int | Literal["reset", "hang", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way of failing, of any endpoint."""

    name: str
    answer: Answer
    retry_after_s: float | None = None

    def of_evolink(self, path: str, host: Literal["api", "results"]) -> EvolinkFault:
        """Return this failure of one of EvoLink's endpoints, until it is cleared."""
        return EvolinkFault(
            path=path,
            host=host,
            answer=self.answer,
            retry_after=self.retry_after_s,
            times=None,
        )

    def of_discord(self, method: str, path: str) -> DiscordFault:
        """Return this failure of one of Discord's endpoints, until it is cleared."""
        match self.answer:
            case int():
                return DiscordFault(
                    method=method,
                    path=path,
                    status=self.answer,
                    retry_after_s=self.retry_after_s,
                )
            case trouble:
                return DiscordFault(method=method, path=path, trouble=Trouble(trouble))


FORMS = (
    Form(name="503", answer=503),
    Form(name="429 with Retry-After", answer=429, retry_after_s=2.0),
    Form(name="429 without", answer=429),
    Form(name="hang", answer="hang"),
    Form(name="reset", answer="reset"),
    Form(name="a web page", answer="html"),
)
