"""What people can ask of Clapper. Nothing here knows of Discord, HTTP or SQL."""
