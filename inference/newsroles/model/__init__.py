"""A model on disk, and from a page's text to the labels of its sentences."""
