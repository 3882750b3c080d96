"""How Discord says no: status, code and words of every refusal it gives here.

Sources: Discord docs, "Opcodes and Status Codes" (JSON error codes) and "Error
Messages" (the nested shape of form errors).
"""

from enum import Enum

from sandbox.discord.wire import Json


class ApiError(Exception):
    """A request is refused; what the client reads is `payload`."""

    def __init__(
        self, status: int, code: int, message: str, errors: Json | None = None
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def payload(self) -> Json:
        """Return the JSON body of the refusal."""
        body: Json = {"message": self.message, "code": self.code}
        return body | ({"errors": self.errors} if self.errors else {})


class Refusal(Enum):
    """The refusals that say no more than what they are."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    NOT_FOUND = (404, 0, "404: Not Found")
    METHOD_NOT_ALLOWED = (405, 0, "405: Method Not Allowed")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
    UNKNOWN_COMMAND_PERMISSIONS = (
        404,
        10066,
        "Unknown application command permissions",
    )
    NOT_YOUR_APPLICATION = (
        403,
        20012,
        "You are not authorized to perform this action on this application",
    )
    TOO_MANY_ATTACHMENTS = (
        400,
        30015,
        "Maximum number of attachments in a message reached (10)",
    )
    TOO_MANY_COMMANDS = (
        400,
        30032,
        "Maximum number of application commands reached (100)",
    )
    TOO_MANY_COMMAND_CREATES = (
        429,
        30034,
        "Max number of daily application command creates has been reached (200)",
    )
    TOO_LARGE = (413, 40005, "Request entity too large")
    ALREADY_ACKNOWLEDGED = (
        400,
        40060,
        "Interaction has already been acknowledged.",
    )
    MISSING_ACCESS = (403, 50001, "Missing Access")
    NOT_YOUR_MESSAGE = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    NO_DMS = (403, 50007, "Cannot send messages to this user")
    NO_TEXT_CHANNEL = (400, 50008, "Cannot send messages in a non-text channel")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    INVALID_WEBHOOK_TOKEN = (401, 50027, "Invalid Webhook Token")
    ARCHIVED_THREAD = (400, 50083, "Thread is archived")
    INVALID_JSON = (
        400,
        50109,
        "The request body contains invalid JSON.",
    )
    REPLY_WITHOUT_HISTORY = (
        400,
        160002,
        "You do not have permission to read the message history needed to reply",
    )

    def error(self) -> ApiError:
        """Return the refusal, to be raised."""
        status, code, message = self.value
        return ApiError(status, code, message)


Path = tuple[str | int, ...]
"""Where in a body something is wrong."""


class FormErrors:
    """Collects all that is wrong with a body and refuses it once (50035)."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note that the value at `path` is wrong."""
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def at_most(self, path: Path, value: str, most: int) -> None:
        """Note a text longer than `most` characters."""
        if len(value) > most:
            words = f"Must be {most} or fewer in length."
            self.add(path, "BASE_TYPE_MAX_LENGTH", words)

    def within(self, path: Path, length: int, bounds: tuple[int, int]) -> None:
        """Note a length outside of `bounds`, both included."""
        least, most = bounds
        if not least <= length <= most:
            words = f"Must be between {least} and {most} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH", words)

    def required(self, path: Path) -> None:
        """Note that something must be there and is not."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def refuse(self) -> None:
        """Do nothing if all was well.

        Raises:
            ApiError: With everything that was noted, if anything was.
        """
        if self._tree:
            raise ApiError(400, 50035, "Invalid Form Body", self._tree)


def form_error(path: Path, code: str, message: str) -> ApiError:
    """Return the refusal of a body with a single fault."""
    tree: Json = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path):
        tree = {str(step): tree}
    return ApiError(400, 50035, "Invalid Form Body", tree)
