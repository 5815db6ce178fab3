"""Configs: every wrong value is told, every right one survives the way to a file and back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from newsroles.errors import UsageError
from newsroles.labels import DEFAULT_LABELS
from newsroles_training.train.config import RunConfig, check, load, save


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.yaml"
    path.write_text("name: mine\noptim:\n  learning_rate: 1e-5\n  weight_decay: 1.0e-2\n", encoding="utf-8")
    return path


def _refusal(values: Mapping[str, Any]) -> str:
    with pytest.raises(UsageError) as refused:
        check({"name": "x", **values}, "run.yaml")
    assert refused.value.next_step == "fix these and run again"
    return refused.value.reason


def test_defaults_fill_what_a_file_leaves_out(file: Path) -> None:
    config = load(file)
    assert config.labels == list(DEFAULT_LABELS)
    assert config.optim.batch_size == RunConfig(name="x").optim.batch_size


def test_numbers_that_yaml_takes_for_strings_are_numbers(file: Path) -> None:
    optim = load(file).optim
    assert (optim.learning_rate, optim.weight_decay) == (1e-5, 1e-2)


@pytest.mark.parametrize(
    ("override", "section", "key", "value"),
    [
        ("optim.learning_rate=3e-5", "optim", "learning_rate", 3e-5),
        ("optim.learning_rate=0.5", "optim", "learning_rate", 0.5),
        ("optim.epochs=2", "optim", "epochs", 2.0),
        ("optim.bf16=false", "optim", "bf16", False),
        ("optim.class_weights=[1, 2e0, 3, 4]", "optim", "class_weights", [1, 2, 3, 4]),
        ("optim.class_weights=null", "optim", "class_weights", None),
        ("data.train=[a.jsonl,b.csv]", "data", "train", [Path("a.jsonl"), Path("b.csv")]),
        ("data.limit=7", "data", "limit", 7),
        ("base.name=a=b", "base", "name", "a=b"),
        (" export.precision = fp32 ", "export", "precision", "fp32"),
    ],
)
def test_overrides_are_typed(file: Path, override: str, section: str, key: str, value: object) -> None:
    found = getattr(getattr(load(file, [override]), section), key)
    assert found == value
    assert type(found) is type(value)


def test_later_overrides_win_and_leave_the_rest(file: Path) -> None:
    config = load(file, ["seed=4", "optim.epochs=1", "optim.epochs=5"])
    assert (config.seed, config.optim.epochs, config.optim.learning_rate) == (4, 5, 1e-5)


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("optim.epochs", "not section.key=value"),
        ("=3", "not section.key=value"),
        ("optim.=3", "not section.key=value"),
        ("name.first=3", "name is not a section"),
        ("data.train=[a", "not YAML"),
    ],
)
def test_overrides_of_another_shape_are_refused(file: Path, override: str, reason: str) -> None:
    with pytest.raises(UsageError) as refused:
        load(file, [override])
    assert refused.value.reason.startswith(f"--set {override}: ")
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"optm": {}}, "optm: unknown key, did you mean 'optim'?"),
        ({"optim": {"learning_rat": 1}}, "optim.learning_rat: unknown key, did you mean 'learning_rate'?"),
        ({"export": {"precison": "fp32"}}, "export.precison: unknown key, did you mean 'precision'?"),
        ({"data": {"xyzzy": 1}}, "data.xyzzy: unknown key"),
    ],
)
def test_an_unknown_key_is_an_error_with_a_suggestion(values: Mapping[str, Any], message: str) -> None:
    assert _refusal(values) == f"run.yaml: {message}"


def test_what_yaml_reads_as_something_else_is_to_be_quoted(file: Path) -> None:
    with pytest.raises(UsageError) as refused:
        load(file, ["labels=[yes, no]"])
    reason = (
        "Input should be a valid string: put quotes around it, for YAML reads yes and no as true and false"
    )
    assert refused.value.reason == f"{file}: labels.0: {reason}; labels.1: {reason}"
    assert load(file, ['labels=["yes", "no"]']).labels == ["yes", "no"]
    assert _refusal({"labels": ["a", 1]}).endswith(
        "labels.1: Input should be a valid string: put quotes around it"
    )
    assert _refusal({"name": None}) == "run.yaml: name: Input should be a valid string"


def test_all_problems_are_told_at_once() -> None:
    reason = _refusal({"optim": {"epochs": 0, "batchsize": 2}, "window": {"tokens": 8}})
    assert reason.count("; ") == 2
    assert all(place in reason for place in ("optim.epochs: ", "optim.batchsize: ", "window.tokens: "))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("base", "hidden_dropout", 1.0),
        ("base", "attention_dropout", -0.1),
        ("data", "folds", 1),
        ("data", "fold", -1),
        ("data", "limit", 1),
        ("window", "tokens", 15),
        ("window", "train_overlap", 1),
        ("window", "overlap", -0.01),
        ("optim", "epochs", 0),
        ("optim", "batch_size", 0),
        ("optim", "learning_rate", 0),
        ("optim", "learning_rate", "fast"),
        ("optim", "head_learning_rate", -1),
        ("optim", "layer_decay", 0),
        ("optim", "layer_decay", 1.1),
        ("optim", "weight_decay", -1),
        ("optim", "warmup", 1),
        ("optim", "label_smoothing", 1),
        ("optim", "class_weights", [1, 1, 0, 1]),
        ("optim", "patience", 0),
        ("export", "precision", "int4"),
        ("export", "least_equal_labels", 0),
        ("export", "most_probability_difference", 1),
    ],
)
def test_a_value_out_of_bounds_is_named(section: str, key: str, value: object) -> None:
    assert _refusal({section: {key: value}}).startswith(f"run.yaml: {section}.{key}")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"data": {"folds": 5, "fold": 5}}, "fold 5 does not exist among 5 folds"),
        ({"labels": ["a", "b", "a"]}, "labels: a label is listed twice"),
        ({"labels": ["a"]}, "labels: "),
        ({"labels": ["a", "b, c"]}, "labels: 'b, c' is blank, or has a comma"),
        ({"labels": ["a", " b"]}, "labels: ' b' is blank"),
        ({"labels": ["a", ""]}, "labels: '' is blank"),
        (
            {"labels": ["a", "b"], "guide": {"a": "One."}},
            "guide: define the labels, all of them and no others: b",
        ),
        ({"labels": ["a", "b"], "guide": dict.fromkeys("abc", "One.")}, "and no others: c"),
        ({"labels": ["a", "b"], "guide": {"a": "One.", "b": " "}}, "guide.b: "),
        ({"optim": {"class_weights": [1, 2]}}, "optim.class_weights: 2 weights for 4 labels"),
        ({"name": None}, "name: "),
    ],
)
def test_values_that_do_not_agree_are_refused(values: Mapping[str, Any], message: str) -> None:
    assert message in _refusal(values)


@pytest.mark.parametrize("content", [b"- a list", b"", b"a: [", b"\xff"])
def test_a_file_that_is_no_mapping_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        load(file)
    assert refused.value.reason.startswith(f"{file}: ")
    assert "configs/default.yaml" in refused.value.next_step


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml")


def test_a_config_survives_the_way_to_a_file_and_back(file: Path, tmp_path: Path) -> None:
    config = load(
        file, ["data.train=[pagès.jsonl]", "optim.class_weights=[1, 1.5, 2, 1]", "report_to=[]", "seed=3"]
    )
    save(config, tmp_path / "filled.yaml")
    assert load(tmp_path / "filled.yaml") == config
    assert "hidden_dropout: 0.1" in (tmp_path / "filled.yaml").read_text(encoding="utf-8")


def test_a_guide_is_a_line_a_label() -> None:
    labels = {"labels": ["première", "b"], "guide": {"b": "B.", "première": "Folded\n  by YAML.\n"}}
    assert check({"name": "x", **labels}, "run.yaml").guide["première"] == "Folded by YAML."
    assert RunConfig(name="x").guide == {}


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        RunConfig(name="x").seed = 4
