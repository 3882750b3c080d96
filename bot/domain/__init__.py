"""What Clapper is about: plain values and pure functions, importing nothing of ours."""
