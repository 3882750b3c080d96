"""What the operator needs: the account, health, metrics, messages."""
