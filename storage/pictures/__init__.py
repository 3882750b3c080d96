"""Pictures that clips begin with, as rows."""
