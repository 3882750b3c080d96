"""What operators may offer, by the names of the models."""

from bot.models import catalogue
from bot.models.offer import Offer
from tests.factories import PICTURE_ID


def make_offer(*names: str, picture_id: str = "") -> Offer:
    """Return an offer of models, the default first, that take no other's pictures."""
    return catalogue.make_offer(names, picture_id=picture_id)


PICTURES = make_offer("grok-imagine-text-to-video", picture_id=PICTURE_ID)
"""What is offered unless the operator chooses otherwise."""
PLAIN = make_offer("grok-imagine-text-to-video")
"""The same, without pictures."""
BETA = make_offer("grok-imagine-text-to-video-beta")
"""A model with qualities, and with as many lengths as a menu holds."""
WAN = "wan3.0-text-to-video"
"""A model with more lengths than a menu holds, and no modes."""
PICTURE_ID = "grok-imagine-image-to-video-beta"
"""What makes clips from pictures where a model cannot."""
