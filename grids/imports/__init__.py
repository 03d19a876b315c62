"""Territory and people from files that others made."""
