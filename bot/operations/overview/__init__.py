"""How the whole installation stands at one moment, for its operator."""
