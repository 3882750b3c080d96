"""What `make bench` measures. Each benchmark prints a table and one line of JSON."""
