"""What `clapper check` looks at, one file for each thing that may be wrong."""
