"""A checkpoint to a bundle: graph, int8, model card."""
