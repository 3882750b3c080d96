"""What members can ask for."""
