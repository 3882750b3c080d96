"""What goes on by itself. The workers' memory is the database."""
