"""Which model works on a request, by the revision of EvoLink's pages.

R1 is the page this project began with, R3 the later "Beta" page: each knows the first
model by one name. "now" serves both, as different models, and so does every revision
all the others. EvoLink docs.
"""

from typing import Literal

from sandbox.evolink.models import (
    BETA_NAME,
    BETA_PICTURE_NAME,
    GROK_BETA,
    GROK_R1,
    MODELS,
    PLAIN_NAME,
    PLAIN_PICTURE_NAME,
)
from sandbox.evolink.rules import Rules

Revision = Literal["R1", "R3", "now"]

_FIRST: dict[Revision, dict[str, Rules]] = {
    "R1": {PLAIN_NAME: GROK_R1},
    "R3": {BETA_NAME: GROK_BETA},
    "now": {PLAIN_NAME: GROK_R1, BETA_NAME: GROK_BETA},
}


def used_model(
    asked: str, revision: Revision, *, aliasing: bool
) -> tuple[str, Rules] | None:
    """Return the model that would really work on a request, `None` if there is none.

    With aliasing the old name of the first model is accepted too, and the answer names
    the -beta model; without it R1 and R3 know only their own name. The old name of the
    model for pictures always means the -beta model.
    """
    if asked in {PLAIN_NAME, BETA_NAME}:
        if aliasing:
            return BETA_NAME, GROK_R1 if revision == "R1" else GROK_BETA
        rules = _FIRST[revision].get(asked)
    else:
        asked = BETA_PICTURE_NAME if asked == PLAIN_PICTURE_NAME else asked
        rules = MODELS.get(asked)
    return None if rules is None else (asked, rules)
