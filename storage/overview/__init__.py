"""Reads how the whole installation stands, for the operator's page."""
