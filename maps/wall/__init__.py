"""What the wall shows: the moment, the figures of its day, the days around it."""
