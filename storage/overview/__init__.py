"""Reads the state of the whole installation, for the operator's page."""
