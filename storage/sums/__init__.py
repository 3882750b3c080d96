"""What jobs add up to, kept beside them."""
