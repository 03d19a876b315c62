"""The table of what patrols have seen: of grids, communities or subdistricts, and its files."""
