"""The troubles that can be switched on, by name. What they are called is the page's."""

from collections.abc import Callable, Mapping

from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.server import DiscordSandbox
from sandbox.evolink import EvolinkSandbox
from sandbox.evolink.failures import MESSAGES
from sandbox.evolink.faults import Fault as EvolinkFault
from sandbox.evolink.life import Ending, Life, Serving

_CREATE = "/v1/videos/generations"

EVOLINK_SWITCHES: Mapping[str, EvolinkFault] = {
    "evolink-outage": EvolinkFault(answer=503, times=None),
    "evolink-unreachable": EvolinkFault(answer="reset", times=None),
    "evolink-slow": EvolinkFault(delay_s=4.0, times=None),
    "evolink-busy": EvolinkFault(answer=429, retry_after=5, times=None),
    "evolink-no-credits": EvolinkFault(answer=402, path=_CREATE, times=None),
    "evolink-bad-key": EvolinkFault(answer=401, times=None),
    "evolink-no-downloads": EvolinkFault(host="results", answer=503, times=None),
}
DISCORD_SWITCHES: Mapping[str, Callable[[], DiscordFault]] = {
    # A fault counts its hits, so each time it is switched on it is a new one.
    "discord-outage": lambda: DiscordFault(trouble=Trouble.HTML, status=502),
    "discord-slow": lambda: DiscordFault(delay_s=1.5),
    "discord-late": lambda: DiscordFault(path="^/interactions/", delay_s=3.5),
    "discord-token": lambda: DiscordFault(
        path="^/webhooks/", status=401, code=50027, message="Invalid Webhook Token"
    ),
}
ONCE: Mapping[str, Callable[[], DiscordFault] | EvolinkFault] = {
    "once-413": lambda: DiscordFault(
        method="POST",
        path=r"^/channels/\d+/messages$",
        status=413,
        code=40005,
        message="Request entity too large",
        times=1,
    ),
    "once-429": lambda: DiscordFault(
        method="POST",
        path=r"^/channels/\d+/messages$",
        status=429,
        retry_after_s=2.0,
        times=1,
    ),
    "once-lost": EvolinkFault(answer="reset", path=_CREATE, after_effect=True),
}
FATES: Mapping[str, Life] = {
    **{code: Life(ending=Ending.FAILED, code=code) for code in MESSAGES},
    "cancelled": Life(ending=Ending.CANCELLED),
    "oversize": Life(serving=Serving(kind="oversize")),
    "slow-download": Life(serving=Serving(kind="slow", seconds=8.0)),
    "not-a-video": Life(serving=Serving(kind="not-mp4")),
    "dead-link": Life(serving=Serving(kind="status", status=404)),
}
"""What may become of the next clip."""


class Troubles:
    """Those that are on. All are off at first."""

    def __init__(self, discord: DiscordSandbox, evolink: EvolinkSandbox) -> None:
        self._discord = discord
        self._evolink = evolink
        self._on: dict[str, DiscordFault | EvolinkFault] = {}

    @property
    def switches(self) -> dict[str, bool]:
        """Every switch, and whether it is on."""
        return {key: key in self._on for key in (*EVOLINK_SWITCHES, *DISCORD_SWITCHES)}

    def switch(self, key: str, *, on: bool) -> None:
        """Switch a trouble on or off; it may be that already.

        Raises:
            KeyError: If there is no such switch.
        """
        if not on:
            self._end(self._on.pop(key, None))
        elif key not in self._on:
            self._on[key] = self._begun(key)

    def once(self, key: str) -> None:
        """Let one request go wrong, the next that it can meet.

        Raises:
            KeyError: If there is no such trouble.
        """
        trouble = ONCE[key]
        if isinstance(trouble, EvolinkFault):
            self._evolink.faults.add(trouble)
        else:
            self._discord.faults.add(trouble())

    def doom(self, fate: str) -> None:
        """Decide what becomes of the next clip that is asked for.

        Raises:
            KeyError: If there is no such fate.
        """
        self._evolink.next_task(FATES[fate])

    def _begun(self, key: str) -> DiscordFault | EvolinkFault:
        if key in EVOLINK_SWITCHES:
            return self._evolink.faults.add(EVOLINK_SWITCHES[key])
        return self._discord.faults.add(DISCORD_SWITCHES[key]())

    def _end(self, fault: DiscordFault | EvolinkFault | None) -> None:
        if isinstance(fault, EvolinkFault):
            self._evolink.faults.clear(fault)
        elif fault is not None:
            self._discord.faults.clear(fault)
