"""How any worker works: its loop, limits, back-off, and posting once."""
