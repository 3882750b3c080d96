"""All sessions that were begun with one token: whom to tell, whom to let resume."""

from collections.abc import Callable

from sandbox.discord.connection import Connection
from sandbox.discord.dispatches import Dispatch
from sandbox.discord.gateway_session import Session


class Sessions:
    """Those that are connected, and those that may still resume.

    Nothing keeps two from having the same shard: both are told everything then.
    """

    def __init__(self, now_s: Callable[[], float], *, resume_window_s: float) -> None:
        self._now_s = now_s
        self._resume_window_s = resume_window_s
        self._by_id: dict[str, Session] = {}

    @property
    def every(self) -> list[Session]:
        """All of them, oldest first; who stayed away for too long is forgotten."""
        now_s = self._now_s()
        for session in list(self._by_id.values()):
            left_s = session.left_s
            if left_s is not None and now_s - left_s >= self._resume_window_s:
                self.end(session)
        return list(self._by_id.values())

    @property
    def connected_shards(self) -> set[tuple[int, int]]:
        """The shards, each as which one of how many, that somebody is connected for."""
        return {one.shard for one in self.every if one.connection is not None}

    @property
    def cover_a_bot(self) -> bool:
        """Whether somebody is connected for every shard of those they say there are."""
        connected = self.connected_shards
        counts = {count for _, count in connected}
        return any(
            all((number, count) in connected for number in range(count))
            for count in counts
        )

    def find(self, session_id: str) -> Session | None:
        """Return the session of an id; None if it is over or never was."""
        return next((one for one in self.every if one.id == session_id), None)

    def of(self, connection: Connection) -> Session | None:
        """Return the session that a connection is for; None if there is none."""
        return next((one for one in self.every if one.connection is connection), None)

    def begin(self, session: Session) -> None:
        """Let a session be told what happens from now on."""
        self._by_id[session.id] = session

    def leave(self, session: Session) -> None:
        """Let nobody be connected for a session, which may be resumed for a while."""
        session.connection = None
        session.left_s = self._now_s()

    def end(self, session: Session) -> None:
        """Let a session be over: nobody resumes it, nobody is told of it."""
        session.connection = None
        self._by_id.pop(session.id, None)

    def dispatch(self, dispatch: Dispatch) -> None:
        """Tell every session that hears such things, the absent ones later."""
        for session in self.every:
            if session.hears(dispatch):
                session.tell(dispatch.name, dispatch.payload)
