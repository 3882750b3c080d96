"""The state of the whole installation at one moment, for its operator."""
