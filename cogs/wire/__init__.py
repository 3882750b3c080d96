"""What speaks to Discord: posts, edits, searches, answers; errors in our words."""
