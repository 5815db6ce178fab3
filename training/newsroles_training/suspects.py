"""Suspected label errors: labels that a model trained on the other publishers' pages speaks against.

The frozen base encoder reads each page in windows, as training does; a sentence's features are its own mean
state and its two neighbours'. A logistic regression on them gives every sentence probabilities from a model
that has seen no page of its group, and cleanlab's confident learning (Northcutt et al. 2021,
https://arxiv.org/abs/1911.00068) turns these into a list of suspects. Needs the extra `train`.
"""
