"""The tables of the first release, created by revision v0001. Never changed later."""
