"""Each server's row, its audit, and its greeting."""
