"""The Trainer of transformers, with our loss: a row a sentence, labels and a teacher's word."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from newsroles_training.data.features import IGNORED
from newsroles_training.data.rows import write
from newsroles_training.train.config import RunConfig
from newsroles_training.train.distil import soft_loss
from newsroles_training.train.model import pool

MINUTES = "minutes.json"


class SentenceTrainer(Trainer):  # type: ignore[misc]  # transformers is not typed
    """A Trainer whose loss and predictions are a row a sentence, pooled from token logits."""

    def __init__(self, *args: Any, config: RunConfig, **kwargs: Any) -> None:
        """Take, besides Trainer's arguments, the run's config: what its labels, spans and teacher weigh."""
        super().__init__(*args, **kwargs)
        weights = config.optim.class_weights
        self._class_weights = torch.tensor(weights) if weights else None
        self._distil, self._labels, self._span_weight = (
            config.distil,
            len(config.labels),
            config.optim.span_weight,
        )

    def compute_loss(
        self, model: torch.nn.Module, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **_: Any
    ) -> Any:
        """Cross-entropy over labelled sentences, 0 if there are none; outputs are pooled logits [B, S, L]."""
        labels = inputs["labels"]
        output = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        tokens = output.logits.float()
        logits = pool(tokens[..., : self._labels], inputs["segments"], labels.shape[1])
        weights = self._class_weights.to(logits.device) if self._class_weights is not None else None
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1),
            labels.flatten(),
            weight=weights,
            label_smoothing=self.args.label_smoothing_factor,
        )
        loss = loss if (labels != IGNORED).any() else torch.zeros_like(loss)
        if "soft" in inputs and self._distil.weight:
            taught = soft_loss(logits, inputs["soft"], self._distil.temperature)
            loss = (1 - self._distil.weight) * loss + self._distil.weight * taught
        if "inside" in inputs:
            loss = loss + self._span_weight * span_loss(tokens[..., self._labels :], inputs["inside"])
        return (loss, {"loss": loss, "logits": logits}) if return_outputs else loss


def span_loss(logits: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
    """Return the sum over spans of the mean binary cross-entropy of tokens that `inside` doesn't ignore.

    Both are [B, T, spans]. One mean of all would hardly count targets, which only accusations have.
    """
    known = inside != IGNORED
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, inside.clamp(min=0).float(), reduction="none"
    )
    return ((losses * known).sum((0, 1)) / known.sum((0, 1)).clamp(min=1)).sum()


class Saving(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Saves a checkpoint every so many steps, besides that of each epoch, so that a long run loses little."""

    def __init__(self, steps: int | None) -> None:
        """Take the number of steps; None saves none."""
        self._steps = steps

    def on_step_end(
        self, _args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Ask for a checkpoint; the Trainer writes it."""
        if self._steps and state.global_step % self._steps == 0:
            control.should_save = True


class Timing(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Counts a run's minutes, with those before it was interrupted, which lie in each checkpoint."""

    def __init__(self, checkpoint: str | None) -> None:
        """Take the checkpoint that the run goes on from, None where it begins."""
        file = Path(checkpoint, MINUTES) if checkpoint else None
        self._before = json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else 0.0
        self._began = time.perf_counter()

    @property
    def minutes(self) -> float:
        """How long the run has taken so far."""
        return round(self._before + (time.perf_counter() - self._began) / 60, 2)

    def on_save(self, args: TrainingArguments, state: TrainerState, _: TrainerControl, **__: Any) -> None:
        """Put them into the checkpoint that was just written."""
        folder = Path(args.output_dir, f"checkpoint-{state.global_step}")
        write(folder / MINUTES, json.dumps(self.minutes).encode())


class Telling(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Says in a line how far a run is, and what each epoch scored."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Take what is to be told."""
        self._tell = tell

    def on_log(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Tell the loss, every few steps, or what the held fold scored."""
        said = {"loss": "loss", "eval_macro_f1": "macro-F1 on the held fold"}
        for name in said.keys() & (logs or {}).keys():
            value = float((logs or {})[name])
            self._tell(f"step {state.global_step} of {state.max_steps}: {said[name]} {value:.3f}")
