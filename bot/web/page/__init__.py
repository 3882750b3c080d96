"""The operator's page: who may see it, what it looks like, and its one address."""
