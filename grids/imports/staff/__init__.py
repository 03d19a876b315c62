"""People and their posts from a table."""
