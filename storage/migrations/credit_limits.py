"""Limits in credits, as revision v0002 brings them. Never changed later."""

from alembic import op

_CHECKS = {
    "credits_per_day": ">= -1",
    "credits_per_month": ">= -1",
    "longest_s": ">= -1",
    "best_quality": "IN (-1, 480, 720, 1080, 2160)",
}


def add() -> None:
    """Add the columns."""
    for name, check in _CHECKS.items():
        op.execute(
            f"ALTER TABLE limits ADD COLUMN {name} INTEGER"
            f" CONSTRAINT ck_limits_{name} CHECK ({name} {check})"
        )
