"""A training run as one YAML file, checked before anything starts.

Every value of a run is in its `RunConfig`; `save` writes the filled file beside the weights, so that
a folder of weights says how it was made. Unknown keys are errors with a suggestion, because a misspelt
setting that is silently ignored costs a training run.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from newsroles.errors import UsageError
from newsroles.labels import DEFAULT_LABELS, SPANS

Fraction = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(lambda text: " ".join(text.split())),
]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BaseConfig(_Section):
    """The pretrained encoder: a local folder, else an installed package, else a hub name.

    `package` is ``module/folder``; its weights must have the SHA-256 `sha256`. `revision` pins the hub's.
    `layers` keeps only these of its layers, counted from 0; all where it is null.
    """

    name: str = "sentence-transformers/all-MiniLM-L6-v2"
    package: str | None = None
    sha256: str | None = None
    revision: str | None = None
    hidden_dropout: Fraction = 0.1
    attention_dropout: Fraction = 0.0
    layers: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)] | None = None


class DataConfig(_Section):
    """Corpora. Paths are relative to the current folder; `optional` ones are used where present.

    One of `folds` grouped folds is held out for early stopping and calibration.
    `limit` keeps only so many articles, at least one in the held fold, for smoke runs. `breadcrumbs` is the
    share of training pages that get a breadcrumb with their headline on top, `teasers` the share that get
    teasers of other stories, `furnish` the share that get other furniture, `drop_kinds` the share whose kinds
    of lines are taken from them, `crop` the share that begin or end anywhere, see `augment` and `teasers`.
    """

    train: list[Path] = []
    optional: list[Path] = []
    folds: Annotated[int, Field(ge=2)] = 10
    fold: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=2)] | None = None
    breadcrumbs: Fraction = 0.0
    teasers: Fraction = 0.0
    furnish: Fraction = 0.0
    drop_kinds: Annotated[float, Field(ge=0, le=1)] = 0.0
    crop: Fraction = 0.0

    @model_validator(mode="after")
    def _fold_exists(self) -> "DataConfig":
        if self.fold >= self.folds:
            raise ValueError(f"fold {self.fold} does not exist among {self.folds} folds")
        return self


class WindowConfig(_Section):
    """Tokens a window, specials included, and the share that neighbours have in common."""

    tokens: Annotated[int, Field(ge=16)] = 320
    train_overlap: Fraction = 0.125
    overlap: Fraction = 0.33


class OptimConfig(_Section):
    """The optimiser (AdamW), the schedule (linear warm-up and decay) and the loss.

    `span_weight` is how much the loss of a token's spans counts beside that of a sentence's label.
    `order_seed`, by default `seed`, decides the order of batches and dropout: runs that start from the same
    head (`seed`) in another order can be averaged. A run can be resumed from each epoch's end, and from every
    `save_steps` steps.
    """

    epochs: Positive = 3
    batch_size: Count = 4
    learning_rate: Positive = 1e-4
    head_learning_rate: Positive = 1e-3
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    warmup: Fraction = 0.1
    label_smoothing: Fraction = 0.0
    class_weights: list[Positive] | None = None
    patience: Count = 2
    span_weight: Annotated[float, Field(ge=0)] = 1.0
    order_seed: int | None = None
    bf16: bool = True
    save_steps: Count | None = None


class DistilConfig(_Section):
    """How much a teacher's probabilities count, where the corpora have them, and how soft they are made.

    The loss is ``(1 - weight) * cross-entropy with labels + weight * temperature**2 * cross-entropy with the
    teacher``, both at that temperature in the second part (Hinton et al. 2015, https://arxiv.org/abs/1503.02531).
    """

    weight: Annotated[float, Field(ge=0, le=1)] = 0.0
    temperature: Positive = 1.0


class ExportConfig(_Section):
    """What the bundle must prove before it is written; int8 falls back to fp32 where it cannot.

    `least_equal_marks` is of claims and accusations with a speaker or target, and holds where `spans` are.
    Tokens that the training pages use less often than `least_token_uses` are left out of it, see
    `export.vocabulary`. `pages` is on how many training pages int8 is proven, and biases of kinds of
    lines are fitted; null is all, which takes a large model an hour.
    """

    precision: Literal["int8", "fp32"] = "int8"
    least_equal_labels: Annotated[float, Field(gt=0, le=1)] = 0.995
    most_probability_difference: Annotated[float, Field(gt=0, lt=1)] = 0.01
    least_equal_marks: Annotated[float, Field(ge=0, le=1)] = 0.9
    least_token_uses: Count | None = None
    pages: Count | None = None


class RunConfig(_Section):
    """Everything that decides what a training run produces.

    `licence` (an SPDX name) and `language` (an ISO 639 code) are for the model card. `guide` is empty, or
    defines each of `labels` in a sentence. `spans` is empty, or what the model learns to mark inside
    sentences: speaker and target.
    """

    name: str
    licence: str = "not stated"
    language: str | None = None
    seed: int = 13
    labels: Annotated[list[str], Field(min_length=2)] = list(DEFAULT_LABELS)
    guide: dict[str, Line] = {}
    spans: list[str] = []
    base: BaseConfig = BaseConfig()
    data: DataConfig = DataConfig()
    window: WindowConfig = WindowConfig()
    optim: OptimConfig = OptimConfig()
    distil: DistilConfig = DistilConfig()
    export: ExportConfig = ExportConfig()
    report_to: list[str] | None = None

    @model_validator(mode="after")
    def _labels_agree(self) -> "RunConfig":
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("labels: a label is listed twice")
        if odd := [label for label in self.labels if not _is_name(label)]:  # --only takes them with commas
            raise ValueError(f"labels: {odd[0]!r} is blank, or has a comma, a line break or spaces around it")
        if self.spans not in ([], list(SPANS)):
            raise ValueError(f"spans: [] or [{', '.join(SPANS)}], not {self.spans}")
        if self.guide and (strays := sorted(set(self.guide) ^ set(self.labels))):
            raise ValueError(f"guide: define the labels, all of them and no others: {', '.join(strays)}")
        weights = self.optim.class_weights
        if weights is not None and len(weights) != len(self.labels):
            raise ValueError(f"optim.class_weights: {len(weights)} weights for {len(self.labels)} labels")
        return self


def _is_name(label: str) -> bool:
    return label == label.strip() != "" and label.isprintable() and "," not in label


def load(path: Path, overrides: Iterable[str] = ()) -> RunConfig:
    """Read a YAML file, apply ``section.key=value`` overrides, and check the result.

    Raises UsageError with one line a problem.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: {error}", "give a YAML file such as configs/default.yaml") from None
    if not isinstance(values, dict):
        raise UsageError(f"{path}: not a mapping", "see configs/default.yaml for the shape")
    for override in overrides:
        _apply(values, override)
    return check(values, str(path))


def check(values: Mapping[str, Any], place: str) -> RunConfig:
    """Turn plain values into a RunConfig, or raise UsageError that names every wrong key."""
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        problems = [_explain(dict(problem)) for problem in error.errors()]
        raise UsageError(f"{place}: " + "; ".join(problems), "fix these and run again") from None


def save(config: RunConfig, path: Path) -> None:
    """Write every value, defaults included, as YAML that `load` reads back to an equal config."""
    text = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def _apply(values: dict[str, Any], override: str) -> None:
    key, equals, raw = override.partition("=")
    *sections, last = key.strip().split(".")
    if not equals or not last:
        raise UsageError(f"--set {override}: not section.key=value", "for example --set optim.epochs=2")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise UsageError(f"--set {override}: {section} is not a section", "see configs/default.yaml")
    try:
        values[last] = yaml.safe_load(raw)
    except yaml.YAMLError:
        raise UsageError(f"--set {override}: not YAML after the =", "close its brackets and quotes") from None


def _explain(problem: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "string_type" and isinstance(problem["input"], bool | int | float):
        is_bool = isinstance(problem["input"], bool)
        why = ", for YAML reads yes and no as true and false" if is_bool else ""
        return f"{place}: {problem['msg']}: put quotes around it{why}"
    if problem["type"] != "extra_forbidden":
        return f"{place}: {problem['msg']}" if place else str(problem["msg"])
    close = get_close_matches(str(problem["loc"][-1]), _keys_beside(problem["loc"]), n=1)
    return f"{place}: unknown key" + (f", did you mean {close[0]!r}?" if close else "")


def _keys_beside(loc: tuple[Any, ...]) -> list[str]:
    model: type[BaseModel] = RunConfig
    for part in loc[:-1]:
        annotation = model.model_fields[str(part)].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return list(model.model_fields)
