"""What there is to see, a file for each group."""
