"""Jobs: their rows, steps, queue, and what is due."""
