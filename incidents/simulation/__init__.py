"""A living day for the demonstration: reports that come as the day goes on, marked as simulated."""
