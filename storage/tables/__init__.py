"""Every table, as it is now."""
