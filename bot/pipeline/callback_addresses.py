"""The address under which EvoLink may report one job, and what is kept of it.

The token in it is not stored. It follows from the job's id and a secret, because after
a crash the same paid request has to go out again word for word, its callback address
included: EvoLink refuses a known Idempotency-Key with another request.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from bot.ids import JobId

PATH = "/callbacks/evolink/"
"""Where tokens stand in an address; the log's filter knows it too."""
TOKEN_CHARS = 43
"""256 bits in base64url without padding."""


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal digits: all that is stored of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAddresses:
    """Makes one address for each job, always the same."""

    public_url: str
    """The https base under which EvoLink reaches us, without a slash at the end."""
    secret: bytes = field(repr=False)
    """What nobody but us and EvoLink knows."""

    def address(self, job_id: JobId) -> str:
        """Return the whole address, with its token. It must not be logged."""
        return f"{self.public_url}{PATH}{self.token(job_id)}"

    def token(self, job_id: JobId) -> str:
        """Return 256 bits that cannot be guessed, for this job alone."""
        message = f"clapper callback of {job_id}".encode()
        digest = hmac.digest(self.secret, message, "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")

    def kept(self, job_id: JobId) -> str:
        """Return what the job's row keeps of its token."""
        return fingerprint(self.token(job_id))
