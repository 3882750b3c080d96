"""Which part is handed which, one module for each feature. Opens nothing.

Each module has a function that is handed what was opened and what other features
return, and returns what others need. `program` joins them all.
"""
