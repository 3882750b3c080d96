"""Whether a prompt breaks a rule: folding, words, patterns. Knows no server."""
