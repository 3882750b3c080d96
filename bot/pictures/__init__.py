"""Pictures that clips begin with: read, prepared, kept, and erased at the end."""
