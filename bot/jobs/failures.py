"""Why a job ended without a clip, as codes that the texts and the log share."""

from enum import StrEnum


class Failure(StrEnum):
    """Each has a sentence `failure-<value>` in every language.

    The first fourteen are EvoLink's task failure codes (its page on error codes, and
    one from its own client); the others are ours.
    """

    CONTENT_POLICY_VIOLATION = "content_policy_violation"
    INVALID_PARAMETERS = "invalid_parameters"
    IMAGE_PROCESSING_ERROR = "image_processing_error"
    IMAGE_DIMENSION_MISMATCH = "image_dimension_mismatch"
    REQUEST_CANCELLED = "request_cancelled"
    GENERATION_FAILED_NO_CONTENT = "generation_failed_no_content"
    SERVICE_ERROR = "service_error"
    GENERATION_TIMEOUT = "generation_timeout"
    RESOURCE_EXHAUSTED = "resource_exhausted"
    QUOTA_EXCEEDED = "quota_exceeded"
    SERVICE_UNAVAILABLE = "service_unavailable"
    RESOURCE_NOT_FOUND = "resource_not_found"
    RATE_LIMITED = "rate_limited"
    UNKNOWN_ERROR = "unknown_error"

    ACCOUNT = "account"
    """The key or the balance was refused. Jobs of earlier versions ended so; now they
    wait in the queue."""
    PAUSED = "paused"
    """It waited in the queue while intake was paused, for too long."""
    GAVE_UP = "gave_up"
    """EvoLink has not finished within the configured time."""
    UNCONFIRMED = "unconfirmed"
    """We cannot find out whether EvoLink accepted the request."""
    NO_USABLE_CLIP = "no_usable_clip"
    """EvoLink reported success, but the file is no clip."""
    NOT_FETCHED = "not_fetched"
    """It is done, but its link is dead, or its host did not hand it over in a day."""
    UNDECODABLE = "undecodable"
    """Its host compressed it in a way that we do not read."""
    PLACE_GONE = "place_gone"
    PLACE_FORBIDDEN = "place_forbidden"
    PLACE_NOT_RESTRICTED = "place_not_restricted"
    """Spicy may no longer be posted there: the place or the server's policy changed."""
    LAPSED = "lapsed"
    """No moderator decided in time."""
    BLOCKED = "blocked"
    """Discord or AutoMod refused the message."""
    NOT_TAKEN = "not_taken"
    """Discord refused the message repeatedly, for a reason that we do not know."""
    PICTURE_REFUSED = "picture_refused"
    """EvoLink did not take the picture that the clip was to begin with."""
    MODEL_REFUSED = "model_refused"
    """EvoLink does not take this model from us, though it takes others."""
    UNEXPECTED = "unexpected"
    """An error of ours; the notice carries the reference that is in the log."""


EVOLINK_FAILURES = frozenset(list(Failure)[:14])


def failure_from_evolink(code: str | None) -> Failure:
    """Map a task's error code to ours; one that is not documented is unknown.

    Of those about pictures EvoLink's client knows only the beginning that they share.
    """
    try:
        failure = Failure(code or "")
    except ValueError:
        is_about_picture = code is not None and code.startswith("image_")
        return Failure.PICTURE_REFUSED if is_about_picture else Failure.UNKNOWN_ERROR
    return failure if failure in EVOLINK_FAILURES else Failure.UNKNOWN_ERROR


ABOUT_CONTENT = frozenset(
    {
        Failure.CONTENT_POLICY_VIOLATION,
        Failure.IMAGE_PROCESSING_ERROR,
        Failure.IMAGE_DIMENSION_MISMATCH,
        Failure.PICTURE_REFUSED,
    }
)
"""What may be said of a picture that nobody should see: it is not posted."""
