"""`clapper check` between stand-ins, and what it says."""


def lines(out: str, mark: str) -> list[str]:
    return [line[2:] for line in out.splitlines() if line.startswith(mark)]
