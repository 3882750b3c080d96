"""`/moderation`, reports, and the buttons under moderators' cards."""
