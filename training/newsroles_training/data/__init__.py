"""Labelled articles, and the windows that a model is trained on."""
