"""Vector tiles from PostGIS: what layers there are, how one is drawn, stamped and kept."""
