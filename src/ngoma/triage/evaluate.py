"""How good proposals are: figures from predictions, and predictions from a file of texts."""

import csv
import json
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ngoma.triage import sentences
from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Submission
from ngoma.triage.learned import Model
from ngoma.triage.reading import read
from ngoma.triage.services import strengths
from ngoma.triage.training import Example, meanings
from ngoma.triage.training import train as train_model
from ngoma.triage.words import tokens

_BINS = 10
_EARLY = datetime(2000, 1, 1, tzinfo=UTC)


Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is true of a text, and the labels proposed for it with their probabilities, best first
    (none where the engine says nothing)."""

    truth: str
    ranked: Ranked

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
    """Figures over a set; shares from 0 to 1 but for `texts`, `texts_per_second` and `megabytes`,
    which is what the process held in memory at most."""

    texts: int
    accuracy: float
    macro_f1: float
    top_3: float
    ece: float
    coverage_at_95: float
    texts_per_second: float
    megabytes: float

    def __str__(self) -> str:
        return (
            f"texts {self.texts}  accuracy {self.accuracy:.3f}  macro-F1 {self.macro_f1:.3f}  "
            f"top-3 {self.top_3:.3f}  ECE {self.ece:.3f}  "
            f"coverage at 95 % precision {self.coverage_at_95:.3f}  "
            f"texts/s {self.texts_per_second:.0f}  MB {self.megabytes:.0f}"
        )

    def as_json(self) -> str:
        return json.dumps(asdict(self))


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
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def evaluate(
    test: Path, *, train: Path | None = None, catalogue: Catalogue | None = None
) -> Scores:
    """The figures over a file of labelled texts (see `rows`), none of which may be in `train`.

    With a `catalogue` labels are codes of its services, and its keywords count; else they are
    whatever the files say. Raises ValueError where there is neither a catalogue nor `train`, or
    too little to learn from.
    """
    if train is None and catalogue is None:
        raise ValueError("there is nothing to go by: name a city, or a file to learn from")
    model = learn(rows(train), catalogue) if train else None
    texts = list(rows(test))
    start = time.perf_counter()
    predictions = [
        Prediction(row["label"], _of_city(row, catalogue, model) if catalogue else _by(row, model))
        for row in texts
    ]
    return score(predictions, time.perf_counter() - start)


def learn(texts: Iterable[Mapping[str, str]], catalogue: Catalogue | None = None) -> Model:
    """A model of labelled texts; those that have a time in its order, the rest before them."""
    ids = {service.code: service.id for service in catalogue.by_id.values()} if catalogue else {}
    examples = []
    for row in sorted(texts, key=lambda row: row.get("time", "")):
        if catalogue is None:
            examples.append(Example(row["text"], row["label"]))
        elif row["label"] in ids:
            evidence = strengths(_submission(row), catalogue)
            examples.append(Example(row["text"], str(ids[row["label"]]), evidence))
    return train_model(examples, meanings([example.text for example in examples]))


def _of_city(row: Mapping[str, str], catalogue: Catalogue, model: Model | None) -> Ranked:
    guesses = read(_submission(row), catalogue, model=model, deep=True).services
    return tuple((catalogue.by_id[each.service_id].code, each.probability) for each in guesses)


def _by(row: Mapping[str, str], model: Model | None) -> Ranked:
    assert model is not None
    deep = model.meaning is not None and sentences.available()
    meaning = sentences.embed([row["text"]])[0] if deep else None
    return tuple(model.rank(model.margins(tokens(row["text"]), meaning=meaning)))


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
