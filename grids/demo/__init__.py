"""The demonstration builder: from a profile of a place to a whole believable district."""
