"""Numbers on the command line, whose faults are told in plain words."""

import math
from typing import Any

import click


class WholeNumber(click.IntRange):
    """A whole number within bounds, both included."""

    name = "number"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number.

        Raises:
            BadParameter: If it is none, or out of bounds.
        """
        try:
            number: int = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value} is not a whole number {_bounds(self)}.", param, ctx)
        return number


class Number(click.FloatRange):
    """A number within bounds, both included."""

    name = "number"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number.

        Raises:
            BadParameter: If it is none, or out of bounds.
        """
        try:
            number: float = super().convert(value, param, ctx)
        except click.BadParameter:
            number = math.nan
        if math.isnan(number):
            self.fail(f"{value} is not a number {_bounds(self)}.", param, ctx)
        return number


def _bounds(numbers: click.IntRange | click.FloatRange) -> str:
    if numbers.max is None:
        return f"of {numbers.min:g} or more"
    return f"from {numbers.min:g} to {numbers.max:g}"
