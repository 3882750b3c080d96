"""What Clapper is about, as plain values and pure functions. Imports nothing of ours."""
