"""The figures by which models are compared, on cases worked by hand."""

import json
from pathlib import Path

import pytest

from ngoma.triage import Catalogue
from ngoma.triage.evaluate import (
    Prediction,
    accuracy,
    coverage_at,
    evaluate,
    expected_calibration_error,
    macro_f1,
    rows,
    top,
)

FOUR = [
    Prediction("a", (("a", 0.9), ("b", 0.1))),
    Prediction("a", (("b", 0.6), ("a", 0.3))),
    Prediction("b", (("b", 0.8),)),
    Prediction("c", ()),
]


def test_accuracy_and_top() -> None:
    assert accuracy(FOUR) == 0.5
    assert top(FOUR, 2) == 0.75


def test_macro_f1() -> None:
    # a: one of two found, none false: 2/3; b: one found, one false: 2/3; c: never found.
    assert macro_f1(FOUR) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_calibration_error() -> None:
    # Each alone in its bin: |1-.9|, |0-.6|, |1-.8|, |0-0|, over four.
    assert expected_calibration_error(FOUR) == pytest.approx(0.9 / 4)


def test_coverage() -> None:
    assert coverage_at(FOUR, 0.95) == 0.5
    assert coverage_at(FOUR, 0.6) == 0.75
    tied = [Prediction("a", (("a", 0.9),)), Prediction("b", (("a", 0.9),))]
    assert coverage_at(tied, 0.95) == 0


def test_an_empty_set_scores_nothing() -> None:
    assert (accuracy([]), macro_f1([]), expected_calibration_error([]), coverage_at([], 0.95)) == (
        0, 0, 0, 0,
    )  # fmt: skip


def test_a_file_is_read_and_scored(city: Catalogue, tmp_path: Path) -> None:
    table = tmp_path / "test.csv"
    table.write_text('text,label,lang\n"a pothole, deep",pothole,en\nhello,rubbish,\n')
    lines = tmp_path / "test.jsonl"
    lines.write_text(
        json.dumps({"text": "a pothole, deep", "label": "pothole", "time": "2026-01-01T00:00:00Z"})
        + "\n"
        + json.dumps({"text": "hello", "label": "rubbish", "lat": 1, "long": 2})
    )
    for path in (table, lines):
        scores = evaluate(path, catalogue=city)
        assert (scores.texts, scores.accuracy) == (2, 0.5)
        assert "accuracy 0.500" in str(scores)


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "x"}'])
def test_a_bad_line_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "x", "label": "y"}\n' + line)
    with pytest.raises(ValueError, match="line 2"):
        list(rows(path))


def test_one_file_teaches_another(city: Catalogue, tmp_path: Path) -> None:
    train, test = tmp_path / "a.csv", tmp_path / "b.jsonl"
    kinds = {
        "roads": "the road has a hole",
        "water": "no water in the tap",
        "waste": "a smelly heap",
    }
    rows = [f"{text} {n % 7},{label}" for n in range(20) for label, text in kinds.items()]
    train.write_text("\n".join(["text,label", *rows]))
    test.write_text("\n".join(json.dumps({"text": t, "label": k}) for k, t in kinds.items()))
    scores = evaluate(test, train=train)
    assert (scores.texts, scores.accuracy, scores.top_3) == (3, 1, 1)
    assert json.loads(scores.as_json())["macro_f1"] == 1
    codes = tmp_path / "c.csv"
    codes.write_text(train.read_text().replace(",roads", ",pothole").replace(",waste", ",rubbish"))
    asked = tmp_path / "d.csv"
    asked.write_text("text,label\na deep crater and a hole,pothole\n")
    assert evaluate(asked, train=codes, catalogue=city).accuracy == 1


def test_there_must_be_something_to_go_by(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text,label\na,b\n")
    with pytest.raises(ValueError, match="name a city"):
        evaluate(tmp_path / "t.csv")
