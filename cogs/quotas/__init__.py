"""`/quota` and `/usage`."""
