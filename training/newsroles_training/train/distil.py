"""A small model that learns what a large one says, besides the labels (knowledge distillation).

A corpus carries it: sentences with ``probabilities`` beside their label, as `newsroles label` writes them.
Pages that nobody has labelled can be taken as the teacher labelled them.
"""

import torch


def soft_loss(logits: torch.Tensor, soft: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return the mean cross-entropy of logits and a teacher's probabilities, both [B, S, L].

    Rows of zeros, where the teacher said nothing, don't count. Scaled by the temperature's square, which
    keeps gradients in the order of those of labels (Hinton et al. 2015, https://arxiv.org/abs/1503.02531).
    """
    heard = soft.sum(-1) > 0
    if not heard.any():
        return logits.sum() * 0
    target = torch.softmax(soft[heard].clamp(min=1e-6).log() / temperature, -1)
    said = torch.log_softmax(logits[heard] / temperature, -1)
    return -(target * said).sum(-1).mean() * temperature**2
