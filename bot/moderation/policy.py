"""Whether a video may be asked for, and later posted, as a server's rules have it.

Pure: it decides from a snapshot of facts and says why. It knows neither where the facts
come from nor what a prompt's rules are.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ids import UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.models.choices import Mode


class SpicyPolicy(StrEnum):
    """What a server has decided about the spicy mode. The values are stored."""

    OFF = "off"
    RESTRICTED = "restricted"
    """In age-restricted places only."""
    REVIEW = "review"
    """As restricted, and each request needs a moderator's approval."""


class PicturesPolicy(StrEnum):
    """Whose pictures a clip may begin with in a server. The values are stored."""

    OFF = "off"
    OWN = "own"
    """Those that the requester attached or posted."""
    ANY = "any"


class Moment(StrEnum):
    """When the policy is asked."""

    ASKED = "asked"
    DELIVERED = "delivered"
    """Right before the clip is posted, with the place read again."""


class Verdict(StrEnum):
    """What the policy says, and why. Each refusal has a text `refused-<value>`."""

    ALLOWED = "allowed"
    REVIEW = "review"
    """Allowed once a moderator has approved it."""
    BLOCKED = "blocked"
    SPICY_OFF = "spicy-off"
    SPICY_ROLE = "spicy-role"
    SPICY_PLACE = "spicy-place"
    SPICY_REVIEW = "spicy-review"
    """Spicy has to be reviewed, but no suitable review channel is set."""
    PICTURE_SPICY = "picture-spicy"
    """No setting allows a spicy clip that begins with a picture."""
    PICTURES_OFF = "pictures-off"
    PICTURES_OWN = "pictures-own"
    """It is somebody else's picture."""
    WORDS = "words"


REFUSALS = frozenset(Verdict) - {Verdict.ALLOWED, Verdict.REVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A member who may ask for nothing in a server for a while."""

    user_id: UserId
    until: datetime | None
    """None = until somebody unblocks them."""
    reason: str | None
    blocked_by: UserId
    at: datetime

    def holds(self, now: datetime) -> bool:
        """Return whether it is still in force."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """All that the policy depends on, at one moment."""

    moment: Moment
    requester_id: UserId
    mode: Mode
    policy: SpicyPolicy
    is_restricted: bool
    """The place is age-restricted: itself, by its parent, or by its server's level."""
    pictures: PicturesPolicy
    picture: PictureUse | None
    """The one that the clip is to begin with."""
    spicy_role_ids: frozenset[int] = frozenset()
    """If there are any, only their members may use spicy."""
    member_role_ids: frozenset[int] = frozenset()
    can_review: bool = False
    """There is a review channel, and it is age-restricted itself."""
    blocked: bool = False
    offends: bool = False
    """The prompt breaks a rule of the operator or of the server."""


def decide(facts: PolicyFacts) -> Verdict:  # noqa: PLR0911 - one for each reason
    """Return what the rules say.

    When a clip is delivered, only the server's policy and the place count: the member's
    right to ask was checked with the request.
    """
    if facts.moment is Moment.DELIVERED:
        return _spicy_here(facts)
    if facts.blocked:
        return Verdict.BLOCKED
    for verdict in (_spicy_here(facts), _picture_here(facts)):
        if verdict is not Verdict.ALLOWED:
            return verdict
    if facts.mode is Mode.SPICY and not _has_role(facts):
        return Verdict.SPICY_ROLE
    if facts.offends:
        return Verdict.WORDS
    if facts.mode is not Mode.SPICY or facts.policy is not SpicyPolicy.REVIEW:
        return Verdict.ALLOWED
    return Verdict.REVIEW if facts.can_review else Verdict.SPICY_REVIEW


def _spicy_here(facts: PolicyFacts) -> Verdict:
    if facts.mode is not Mode.SPICY:
        return Verdict.ALLOWED
    if facts.picture is not None:
        return Verdict.PICTURE_SPICY
    if facts.policy is SpicyPolicy.OFF:
        return Verdict.SPICY_OFF
    return Verdict.ALLOWED if facts.is_restricted else Verdict.SPICY_PLACE


def _picture_here(facts: PolicyFacts) -> Verdict:
    picture = facts.picture
    if picture is None or _shows_nobodys_picture(picture):
        return Verdict.ALLOWED
    if facts.pictures is PicturesPolicy.OFF:
        return Verdict.PICTURES_OFF
    theirs = picture.owner_id == facts.requester_id
    if facts.pictures is PicturesPolicy.OWN and not theirs:
        return Verdict.PICTURES_OWN
    return Verdict.ALLOWED


def _shows_nobodys_picture(picture: PictureUse) -> bool:
    """Return whether it is the end of a clip that was made from words alone."""
    return picture.kind is PictureKind.FRAME and picture.owner_id is None


def _has_role(facts: PolicyFacts) -> bool:
    return not facts.spicy_role_ids or not facts.spicy_role_ids.isdisjoint(
        facts.member_role_ids
    )
