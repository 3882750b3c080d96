"""What counts against limits, and what limits are set."""
