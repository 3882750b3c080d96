"""The processes on one database: one on a file, any number on a server."""
