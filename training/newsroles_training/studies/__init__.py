"""Studies: variants and other ways of labelling, on the same articles."""
