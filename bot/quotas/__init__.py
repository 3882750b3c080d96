"""How much may be made: limits, usage, reports."""
