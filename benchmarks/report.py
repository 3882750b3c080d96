"""How figures are shown: a table for people, a line of JSON for programs."""

import json
from collections.abc import Mapping, Sequence

Row = Mapping[str, object]


def show(name: str, rows: Sequence[Row]) -> None:
    """Print rows that have the same keys as a table, and all of it as one JSON line."""
    columns = list(rows[0])
    cells = [[_shown(row[column]) for column in columns] for row in rows]
    widths = [
        max(len(column), *(len(line[index]) for line in cells))
        for index, column in enumerate(columns)
    ]
    print(f"\n{name}")
    for line in (columns, *cells):
        padded = (text.rjust(w) for text, w in zip(line, widths, strict=True))
        print("  " + "  ".join(padded))
    print(json.dumps({"benchmark": name, "rows": [dict(row) for row in rows]}))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _shown(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
