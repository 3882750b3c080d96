"""The database itself: its connections, transactions, locks, copies and upgrades."""
