"""Everything Clapper raises on purpose.

* ClapperError
  + UserError             for the member: names a text, never carries a sentence
    - Refused             the request may not be made; nothing was recorded or charged
    - NotAllowed          this person may not do that
    - NotFound            there is no such job for this person
    - TooLate             the job has gone on; what was asked is no longer possible
  + EvolinkError          EvoLink did not do what we asked
    - EvolinkUnavailable  nothing was accepted; the same request may be repeated
      . RateLimited       the same, but not before `retry_after_s`
      . FilesUnavailable  the host of files did not answer, or is in trouble
      . FilesFull         the account holds as many files as it may
    - EvolinkUnsure       a task may exist, paid for; only the same key may go again
    - EvolinkRefused      nothing was accepted, and repeating will not help
      . RequestRefused    the request itself is at fault
      . ContentRefused    the prompt offends EvoLink's rules
      . PictureRefused    the picture cannot be read or used
      . FilesRefused      the host of files will never take this file
      . PictureLost       we no longer have the picture; nothing was sent
      . AccountRefused    the key or the balance is at fault; only the operator can help
      . TaskUnknown       EvoLink has no such task for this key
      . NoSuchEndpoint    this installation of the API does not have that call
    - EvolinkConfused     the answer to a question does not have the promised shape
  + FetchError            a finished clip could not be fetched
    - FetchUnavailable    the host did not answer properly; try again later
    - FetchCutShort       only the beginning came; try again a few times
    - FetchGone           the link is dead; the task, read again, has a fresh one
    - FetchUnusable       what came is no clip: no video, or a forbidden address
      . FetchTooLarge     it may be a clip, but a larger one than we take
      . FetchUndecodable  it may be a clip, but compressed in a way we do not read
  + MessengerError        Discord did not take a message
    - MessengerDown       try again later
    - AnswerUnreadable    Discord did it, and said so in a way that nobody can read
    - PlaceGone           the channel, the thread or the server no longer exists
    - PlaceForbidden      Clapper may not post there any more
    - PlaceUnfit          this clip may no longer be posted there
    - FileTooLarge        the file exceeds what this server takes
    - MessageBlocked      a filter of Discord or of the server refused the content
    - SearchInconclusive  too much was said since: a message may or may not be there
    - MessageGone         the message to change no longer exists
    - TokenExpired        the interaction can no longer be answered
  + StorageError          the database did not do what we asked
    - StorageBusy         somebody else holds it, or it cannot be reached; try again
    - StorageFull         there is no room left for it
    - StorageBroken       it may not be written, or cannot be read
  + ClaimLost             somebody else has claimed the work that was being done
  + StartupError          Clapper cannot start; one sentence for the operator
    - ConfigInvalid       at least one setting is missing or wrong; names all of them
    - AlreadyRunning      another process works on the same database
"""

from enum import StrEnum
from http import HTTPStatus
from typing import ClassVar


class ClapperError(Exception):
    """Anything that Clapper raises on purpose."""


class UserError(ClapperError):
    """A refusal that a person reads, as the id of a text and the values in it.

    The text is looked up in the reader's language when it is shown.
    """

    def __init__(self, text_id: str, **values: object) -> None:
        super().__init__(text_id)
        self.text_id = text_id
        self.values = values
        self.hint: str | None = None
        """The id of a sentence that follows: where it comes from, what helps. The same
        values are in it."""


class Refused(UserError):
    """The request may not be made. Nothing was recorded and nothing charged."""


class NotAllowed(UserError):
    """This person may not do that."""


class NotFound(UserError):
    """There is no such job for this person."""


class TooLate(UserError):
    """The job has gone on, and what was asked is no longer possible."""


class AccountFault(StrEnum):
    """What the operator has to change before EvoLink takes requests again.

    The values are stored and must never change.
    """

    BALANCE = "balance"
    """The account's credits, or those of the key as a whole, are used up."""
    DAILY_LIMIT = "daily"
    """The key's limit for today is reached."""
    KEY = "key"
    """The key is wrong, disabled or expired, or its account is disabled."""
    MODEL = "model"
    """There is no such model, or not for this key."""
    ADDRESS = "address"
    """What answers does not have this call: the base URL leads elsewhere."""


class EvolinkError(ClapperError):
    """EvoLink did not do what we asked.

    The class says what follows, so that no caller has to look at status codes.
    `str()` is for the log: it names the call, the status and the code, and never
    holds EvoLink's own words, a key or a prompt.
    """

    may_repeat: ClassVar[bool] = False
    """Whether the same request, with the same key, may be sent again."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id


class EvolinkUnavailable(EvolinkError):
    """Nothing was accepted: a refused connection, or a read that failed."""

    may_repeat = True


class RateLimited(EvolinkUnavailable):
    """Too many requests, or too many tasks at once."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id)
        self.retry_after_s = retry_after_s
        """Seconds to wait, as EvoLink asked; None if it named no time."""


class FilesUnavailable(EvolinkUnavailable):
    """The host of files did not answer, or not in a way that can be read.

    A file may be there all the same. One of the same name replaces it.
    """


class FilesFull(EvolinkUnavailable):
    """The account holds as many files as it may; some have to be deleted first."""


class EvolinkUnsure(EvolinkError):
    """The answer to a paid request was lost or cannot be read."""

    may_repeat = True


class EvolinkRefused(EvolinkError):
    """Nothing was accepted, and the same request will be refused again."""


class RequestRefused(EvolinkRefused):
    """The request itself is at fault: a parameter, its size, the model."""


class ContentRefused(EvolinkRefused):
    """The prompt offends EvoLink's content rules."""


class PictureRefused(EvolinkRefused):
    """EvoLink cannot read or use the picture that the clip should begin with."""


class FilesRefused(EvolinkRefused):
    """The file is at fault: its size, its kind, what it shows."""


class PictureLost(EvolinkRefused):
    """We no longer have the picture that is to be uploaded. Nothing was sent."""


class AccountRefused(EvolinkRefused):
    """The key is refused or may not do this, or the balance is exhausted."""

    def __init__(  # noqa: PLR0913 - what an answer tells, each by its name
        self,
        message: str,
        *,
        fault: AccountFault = AccountFault.BALANCE,
        reset_zone: str | None = None,
        replayed: bool = False,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id)
        self.fault = fault
        self.reset_zone = reset_zone
        """The IANA time zone whose midnight ends a daily limit, if EvoLink named it."""
        self.replayed = replayed
        """Whether EvoLink repeated what it had answered to this key before."""

    @property
    def is_of_the_key(self) -> bool:
        """Whether the key itself is at fault, and not the balance."""
        return self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class TaskUnknown(EvolinkRefused):
    """EvoLink has no such task, no longer has it, or it is another account's."""


class NoSuchEndpoint(EvolinkRefused):
    """This API does not have that call (404 or 405 on an optional endpoint)."""


class EvolinkConfused(EvolinkError):
    """A free question was answered with something that cannot be read."""

    may_repeat = True


class FetchError(ClapperError):
    """A finished clip could not be fetched."""


class FetchUnavailable(FetchError):
    """The host did not answer properly, or stopped in the middle."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """Seconds to wait, as the host asked; None if it named no time."""
        self.answered = answered
        """Whether the trouble is this link's alone: the host answered, or we failed."""


class FetchCutShort(FetchError):
    """The host answered, but what came is only the beginning of a file."""


class FetchGone(FetchError):
    """The link is dead. EvoLink has to be asked for a fresh one."""


class FetchUnusable(FetchError):
    """What came, or where it would come from, can never become a clip."""


class FetchTooLarge(FetchUnusable):
    """The file exceeds the cap. Its link may still be of use to the member."""


class FetchUndecodable(FetchUnusable):
    """The file has a Content-Encoding that we neither ask for nor read."""


class MessengerError(ClapperError):
    """Discord did not take a message.

    Where no other class says why, Discord refused this one message for a reason that we
    do not know, and is likely to do so again.
    """

    refused = True
    """Whether it is certain that Discord did nothing; else nobody knows."""


class MessengerDown(MessengerError):
    """Discord did not answer, or asked us to wait."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        refused: bool = False,
        status: int | None = None,
        is_global: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.refused = refused
        self.status = status
        """HTTP status of the answer; None = there was none."""
        self.is_global = is_global
        """Whether the wait is for all requests of this bot, not for one channel's."""


class AnswerUnreadable(MessengerError):
    """Discord did what it was asked, and said so in a way that nobody can read."""

    refused = False


class PlaceGone(MessengerError):
    """The channel, the thread or the server no longer exists for us."""


class PlaceForbidden(MessengerError):
    """Clapper lacks a permission there, or the thread is closed."""


class PlaceUnfit(MessengerError):
    """The rules no longer allow this clip there. Discord was not asked."""


class FileTooLarge(MessengerError):
    """The file exceeds what Discord takes in this server."""


class MessageBlocked(MessengerError):
    """A filter of Discord or of the server refused the content."""


class SearchInconclusive(MessengerError):
    """A channel cannot be searched far enough to tell whether a message is there."""


class MessageGone(MessengerError):
    """The message to change no longer exists."""


class TokenExpired(MessengerError):
    """The interaction was answered too late, or its 15 minutes are over."""


class StorageError(ClapperError):
    """The database did not do what we asked, and not through a fault of the question.

    Nothing was changed, but for one case: where a commit itself failed, nobody knows.
    `str()` is the database's own reason, without statements or values.
    """

    kind: ClassVar[str]
    """Names it in texts, events and the log."""


class StorageBusy(StorageError):
    """Another program holds the database, or its server does not answer."""

    kind = "busy"


class StorageFull(StorageError):
    """There is no room left on the disk."""

    kind = "full"


class StorageBroken(StorageError):
    """The database may not be written, cannot be read, or is damaged."""

    kind = "broken"


class ClaimLost(ClapperError):
    """Somebody else has claimed the work since: nothing was changed.

    The lease had run out. The holder of the newer claim goes on with the work.
    """


class StartupError(ClapperError):
    """Clapper cannot start. The text is one sentence for the operator."""


class ConfigInvalid(StartupError):
    """At least one setting is missing or wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
        """One sentence for each fault, none of which holds a secret's value."""


class AlreadyRunning(StartupError):
    """Another process works on the same database."""
