"""The ways by which reports come. Each adapter is a folder of its own that `registry` finds."""
