"""How good proposals are: figures from predictions, and predictions from a file of texts."""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Submission
from ngoma.triage.reading import read

_BINS = 10
_EARLY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is true of a text, and the labels proposed for it with their probabilities, best first
    (none where the engine says nothing)."""

    truth: str
    ranked: tuple[tuple[str, float], ...]

    @property
    def label(self) -> str | None:
        return self.ranked[0][0] if self.ranked else None

    @property
    def probability(self) -> float:
        return self.ranked[0][1] if self.ranked else 0.0

    @property
    def right(self) -> bool:
        return self.label == self.truth


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures over a set; all but `texts` and `texts_per_second` are shares from 0 to 1."""

    texts: int
    accuracy: float
    macro_f1: float
    top_3: float
    ece: float
    coverage_at_95: float
    texts_per_second: float

    def __str__(self) -> str:
        return (
            f"texts {self.texts}  accuracy {self.accuracy:.3f}  macro-F1 {self.macro_f1:.3f}  "
            f"top-3 {self.top_3:.3f}  ECE {self.ece:.3f}  "
            f"coverage at 95 % precision {self.coverage_at_95:.3f}  "
            f"texts/s {self.texts_per_second:.0f}"
        )


def accuracy(predictions: Sequence[Prediction]) -> float:
    """The share whose first label is the true one; 0 of an empty set."""
    return top(predictions, 1)


def top(predictions: Sequence[Prediction], k: int) -> float:
    """The share with the true label among the first `k`."""
    hits = sum(p.truth in [label for label, _ in p.ranked[:k]] for p in predictions)
    return hits / len(predictions) if predictions else 0.0


def macro_f1(predictions: Sequence[Prediction]) -> float:
    """The mean F1 over the labels that are true of any text or proposed for any."""
    true = Counter(p.truth for p in predictions)
    said = Counter(p.label for p in predictions if p.label is not None)
    both = Counter(p.truth for p in predictions if p.right)
    labels = true.keys() | said.keys()
    return sum(2 * both[x] / (true[x] + said[x]) for x in labels) / len(labels) if labels else 0.0


def expected_calibration_error(predictions: Sequence[Prediction]) -> float:
    """The mean distance between probability and accuracy over ten equal bins of probability,
    weighed by their size."""
    bins: list[list[Prediction]] = [[] for _ in range(_BINS)]
    for p in predictions:
        bins[min(_BINS - 1, int(p.probability * _BINS))].append(p)
    gaps = (abs(sum(p.right - p.probability for p in group)) for group in bins)
    return sum(gaps) / len(predictions) if predictions else 0.0


def coverage_at(predictions: Sequence[Prediction], precision: float) -> float:
    """The largest share that a threshold on the probability accepts with at least `precision` of
    it right; texts of equal probability are accepted together."""
    ranked = sorted((p for p in predictions if p.ranked), key=lambda p: -p.probability)
    best = right = 0
    for i, p in enumerate(ranked, 1):
        right += p.right
        last = i == len(ranked) or ranked[i].probability < p.probability
        if last and right >= precision * i:
            best = i
    return best / len(predictions) if predictions else 0.0


def score(predictions: Sequence[Prediction], seconds: float) -> Scores:
    """All figures over predictions that took `seconds` to make."""
    return Scores(
        texts=len(predictions),
        accuracy=accuracy(predictions),
        macro_f1=macro_f1(predictions),
        top_3=top(predictions, 3),
        ece=expected_calibration_error(predictions),
        coverage_at_95=coverage_at(predictions, 0.95),
        texts_per_second=len(predictions) / seconds if seconds else 0.0,
    )


def predict(rows: Iterable[Mapping[str, str]], catalogue: Catalogue) -> Iterator[Prediction]:
    """Reads each row's text; labels are service codes."""
    for row in rows:
        reading = read(_submission(row), catalogue)
        ranked = tuple(
            (catalogue.by_id[g.service_id].code, g.probability) for g in reading.services
        )
        yield Prediction(row["label"], ranked)


def evaluate(path: Path, catalogue: Catalogue) -> Scores:
    """The figures over a file of labelled texts (see `rows`)."""
    texts = list(rows(path))
    start = time.perf_counter()
    predictions = list(predict(texts, catalogue))
    return score(predictions, time.perf_counter() - start)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header, or of JSON lines where the name ends in `.jsonl`:
    text, label and, where known, lang, time (ISO 8601), lat, long.

    Raises ValueError, naming the line, where a row has no text or label or is not valid.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = _json_lines(file) if path.suffix == ".jsonl" else _csv_rows(file)
        for line, row in found:
            if row is None or "text" not in row or "label" not in row:
                raise ValueError(f"{path}, line {line}: a row needs text and label")
            yield {key: str(value) for key, value in row.items() if value is not None}


def _csv_rows(file: Iterable[str]) -> Iterator[tuple[int, dict[str, object] | None]]:
    reader = csv.DictReader(file)
    for row in reader:
        yield reader.line_num, {key: row[key] for key in row if key is not None}


def _json_lines(file: Iterable[str]) -> Iterator[tuple[int, dict[str, object] | None]]:
    for number, line in enumerate(file, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        yield number, row if isinstance(row, dict) else None


def _submission(row: Mapping[str, str]) -> Submission:
    return Submission(
        words=row["text"],
        language=row.get("lang"),
        lat=float(row["lat"]) if row.get("lat") else None,
        lon=float(row["long"]) if row.get("long") else None,
        at=datetime.fromisoformat(row["time"]) if row.get("time") else _EARLY,
        channel="file",
    )
