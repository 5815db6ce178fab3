"""A bundle against labelled articles."""
