"""Discord servers and their people: who asks, where, who may, the greeting."""
