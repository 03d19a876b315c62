"""What tracker apps send, each in its own words, read into fixes."""
