"""What Clapper is about: plain values and pure functions that import nothing of ours."""
