"""A briefing: one file that opens without a network, made from rows that were read once."""
