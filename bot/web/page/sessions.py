"""Who has given the page's token: tries, and sessions that end.

Both are in memory: after a restart the token is asked for again. Of several processes
each has its own address, and its own sessions.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta

from bot.clock import Clock

SESSION_LIFE = timedelta(days=7)
MOST_SESSIONS = 100
TRIES = 5
TRIES_WITHIN = timedelta(minutes=5)
"""So many wrong tokens from one address, and no more until that time is over."""
MOST_PEERS = 1000


class Tries:
    """Counts wrong tokens of each address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, list[datetime]] = OrderedDict()

    def wait_s(self, peer: str) -> int:
        """Return how many seconds an address has to wait; 0 = it may try."""
        since = self._clock.now() - TRIES_WITHIN
        recent = [at for at in self._wrong.get(peer, ()) if at > since]
        if len(recent) < TRIES:
            return 0
        return max(1, round((recent[-TRIES] - since).total_seconds()))

    def note_wrong(self, peer: str) -> None:
        """Count a wrong token."""
        self._wrong.setdefault(peer, []).append(self._clock.now())
        del self._wrong[peer][:-TRIES]
        self._wrong.move_to_end(peer)
        while len(self._wrong) > MOST_PEERS:
            self._wrong.popitem(last=False)


class Sessions:
    """Those who gave the token, by the hash of what their browsers keep."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: OrderedDict[str, datetime] = OrderedDict()

    def begin(self) -> str:
        """Begin a session; return its id, of 256 bits."""
        session_id = secrets.token_urlsafe(32)
        self._ends[_digest(session_id)] = self._clock.now() + SESSION_LIFE
        while len(self._ends) > MOST_SESSIONS:
            self._ends.popitem(last=False)
        return session_id

    def is_open(self, session_id: str) -> bool:
        """Return whether a session of that id was begun, and lasts."""
        ends_at = self._ends.get(_digest(session_id))
        return ends_at is not None and ends_at > self._clock.now()

    def end(self, session_id: str) -> None:
        """End a session, if there is one."""
        self._ends.pop(_digest(session_id), None)


def is_token(given: str, token: str) -> bool:
    """Compare in a time that tells nothing of either, not even its length."""
    return hmac.compare_digest(_bytes(given), _bytes(token))


def _digest(text: str) -> str:
    return _bytes(text).hex()


def _bytes(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
