"""The connection to Discord's gateway: what comes in, and when to come back."""
