"""Settings, blocks, reports, cards to moderators, and the audit trail."""
