"""Fine-tuning: a config and a corpus in, a checkpoint folder out.

The folder holds the best epoch's weights as a plain ``AutoModelForTokenClassification``, its tokenizer,
the filled ``config.yaml`` and ``fit.json`` (what was trained on, and how each epoch scored).
"""

import json
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset, DatasetDict
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    TrainerState,
    TrainingArguments,
    set_seed,
)

from newsroles.printable import counted
from newsroles_training.data.augment import cropped, with_breadcrumbs, with_furniture, without_kinds
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.features import Collator, batches_of, stitched, windows_of, with_labels
from newsroles_training.data.rows import write_json
from newsroles_training.data.teasers import with_teasers
from newsroles_training.evaluation.metrics import confusion, label_f1, macro_f1
from newsroles_training.train.begun import BEGUN, SETTINGS, SUMMARY, fingerprint, refuse_leftovers
from newsroles_training.train.config import RunConfig, save
from newsroles_training.train.corpora import Split, split
from newsroles_training.train.doubts import doubts
from newsroles_training.train.model import (
    base_bundle,
    check_window,
    load_base,
    parameter_groups,
    sentence_tokenizer,
)
from newsroles_training.train.trainer import Saving, SentenceTrainer, Telling, Timing


def fit(
    config: RunConfig, out: Path, *, resume: bool = False, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Train, keep the epoch with the best macro-F1 on the held fold, and write the checkpoint to `out`.

    With `resume`, go on from the last whole checkpoint in ``out/epochs``; a finished run stays as it is.
    `tell` is given a line now and then. Returns what ``fit.json``, which is written last, says.
    """
    refuse_leftovers(config, out, resume=resume)
    if (out / SUMMARY).exists():
        return dict(json.loads((out / SUMMARY).read_text(encoding="utf-8")))
    data, begun = split(config), fingerprint(config)
    set_seed(config.seed)
    model, tokenizer = load_base(config)
    check_window(model, config)
    trainer = _trainer(config, out, model, _windows(config, data, tokenizer))
    trainer.add_callback(Telling(tell))
    out.mkdir(parents=True, exist_ok=True)
    save(config, out / SETTINGS)
    write_json(out / BEGUN, begun)
    if data.left_out:
        tell(f"{counted(data.left_out, 'article')} with the text of one that is held out: not learnt from")
    if config.optim.bf16 and not trainer.args.bf16:
        tell("this processor has no bfloat16, so the run computes in fp32: optim.bf16 is passed over")
    checkpoint = _last_checkpoint(out)
    timing = Timing(checkpoint)
    trainer.add_callback(timing)
    trainer.train(resume_from_checkpoint=checkpoint)
    minutes = timing.minutes
    found = _summary(config, data, trainer.state, minutes) | lineage(config, out, minutes)
    summary = {"corpora": begun["corpora"], **found}
    model.save_pretrained(out)  # not trainer.save_model, which adds a pickle
    tokenizer.save_pretrained(out)
    write_json(out / SUMMARY, summary)
    return summary


def _summary(config: RunConfig, data: Split, state: TrainerState, minutes: float) -> dict[str, Any]:
    epochs = [entry for entry in state.log_history if "eval_macro_f1" in entry]
    best: dict[str, Any] = next(
        (entry for entry in epochs if entry["eval_macro_f1"] == state.best_metric), {}
    )
    return {
        "articles": {"train": len(data.train), "held": len(data.held)},
        "sentences": {"train": _sentences(data.train), "held": _sentences(data.held)},
        "held_groups": sorted({article.group for article in data.held}),
        "minutes": minutes,
        "best_macro_f1": state.best_metric,
        "epoch": best.get("epoch"),
        "epochs": epochs,
        "warnings": doubts(config, data, best),
    }


def lineage(config: RunConfig, out: Path, minutes: float) -> dict[str, Any]:
    """Say which base a run's weights come from, and the `runs` on the way there with their minutes.

    A run may go on from another run's folder, or from a model's bundle; that one's lineage is then the first
    part of its own.
    """
    if bundle := base_bundle(config.base.name):
        origin, before = bundle.provenance.get("base"), bundle.provenance.get("minutes", 0.0)
        base = f"{bundle.model_id}, from {origin}" if origin else bundle.model_id
        return {"base": base, "runs": {bundle.model_id: before, str(out): minutes}}
    earlier = Path(config.base.name) / SUMMARY
    before = json.loads(earlier.read_text(encoding="utf-8")) if earlier.is_file() else {}
    runs = before.get("runs", {})
    return {"base": before.get("base", config.base.name), "runs": {**runs, str(out): minutes}}


def _sentences(articles: Sequence[GoldArticle]) -> int:
    return sum(len(article.labels) for article in articles)


def _last_checkpoint(out: Path) -> str | None:
    """Find the last checkpoint that was saved whole: the trainer writes its state after everything else."""
    whole = [path.parent for path in (out / "epochs").glob("checkpoint-*/trainer_state.json")]
    return str(max(whole, key=lambda folder: int(folder.name.partition("-")[2]))) if whole else None


def _windows(config: RunConfig, data: Split, tokenizer: PreTrainedTokenizerFast) -> DatasetDict:
    reader, window = sentence_tokenizer(tokenizer, config.window.tokens), config.window
    pages = cropped(data.train, config.data.crop, config.seed)
    pages = without_kinds(pages, config.data.drop_kinds, config.seed)
    pages = with_teasers(pages, config.data.teasers, config.seed)
    pages = with_furniture(pages, config.data.furnish, config.seed)
    pages = with_breadcrumbs(pages, config.data.breadcrumbs, config.seed)
    read = with_labels(windows_of(pages, reader, config.labels, window.train_overlap, config.spans))
    return DatasetDict(
        train=batches_of(read, config.optim.batch_size, config.seed),
        held=windows_of(data.held, reader, config.labels, window.overlap),
    )


def _trainer(config: RunConfig, out: Path, model: PreTrainedModel, windows: DatasetDict) -> SentenceTrainer:
    optim, held = config.optim, windows["held"]
    return SentenceTrainer(
        model=model,
        args=_arguments(config, out),
        train_dataset=windows["train"],
        eval_dataset=held,
        data_collator=Collator(model.config.pad_token_id or 0),
        compute_metrics=lambda prediction: _held_scores(prediction, held, config.labels),
        optimizers=(torch.optim.AdamW(parameter_groups(model, config), fused=True), None),
        callbacks=[EarlyStoppingCallback(early_stopping_patience=optim.patience), Saving(optim.save_steps)],
        config=config,
    )


def _arguments(config: RunConfig, out: Path) -> TrainingArguments:
    optim = config.optim
    order_seed = config.seed if optim.order_seed is None else optim.order_seed
    return TrainingArguments(
        output_dir=str(out / "epochs"),
        num_train_epochs=optim.epochs,
        per_device_train_batch_size=1,  # a row is a batch
        per_device_eval_batch_size=optim.batch_size,
        learning_rate=optim.learning_rate,
        warmup_steps=optim.warmup,
        label_smoothing_factor=optim.label_smoothing,
        bf16=optim.bf16 and not _emulates_bfloat16(),
        use_cpu=not torch.accelerator.is_available(),
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        restore_callback_states_from_checkpoint=True,  # else patience starts anew when a run is resumed
        metric_for_best_model="macro_f1",
        logging_steps=20,
        report_to=config.report_to if config.report_to is not None else _tensorboard_if_here(),
        remove_unused_columns=False,
        seed=order_seed,
        data_seed=order_seed,
    )


def _emulates_bfloat16() -> bool:
    """Tell whether this is an x86 processor before AVX-512, where a step in bfloat16 takes minutes."""
    return not torch.accelerator.is_available() and torch.backends.cpu.get_cpu_capability() == "AVX2"


def _tensorboard_if_here() -> list[str]:
    return ["tensorboard"] if find_spec("tensorboard") else []


def _held_scores(prediction: EvalPrediction, held: Dataset, labels: Sequence[str]) -> dict[str, float]:
    """Stitch window predictions as serving does and score each sentence once."""
    gold, predicted = stitched(np.asarray(prediction.predictions), held)
    matrix = confusion(gold, predicted.argmax(-1).tolist(), len(labels))
    f1 = label_f1(matrix)
    return {
        "macro_f1": float(macro_f1(matrix)),
        **{f"f1_{label}": float(f1[n]) for n, label in enumerate(labels)},
    }
