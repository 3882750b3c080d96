"""Which part is handed which."""
