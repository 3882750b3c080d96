"""The installation as a whole, and what its operator is told."""
