"""Labelled articles as one HTML page."""
