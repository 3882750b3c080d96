"""An installation moves from one database to another."""
