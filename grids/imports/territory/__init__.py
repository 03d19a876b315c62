"""Regions and grids from a file: read, located, checked, closed, written, or refused as a whole."""
