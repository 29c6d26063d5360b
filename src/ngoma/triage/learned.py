"""What was learned from examples: which label a text has, and how sure that is.

A text is looked at from up to four sides: its words, the runs of letters inside them, what the
pack's keywords say, and its meaning. Each side gives every label a margin; the margins are added
with weights that were fitted on texts the sides had not seen, so the probabilities that follow from
the sum mean what they say.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from ngoma.triage import grams
from ngoma.triage.sentences import Vectors
from ngoma.triage.words import Token

FORMAT = 1
"""Of the bytes of a model. A model of another format is not read, but trained anew."""

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

MOST_WORDS, TELLS = 4, 0.3
"""How many words are named that say something, and how much each must say."""

_ARRAYS = ("weights", "centre", "offsets", "mix", "mix_alone", "prior", "thresholds")


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model; numbers only, so that its bytes can be stored anywhere and run nothing.

    `rows` says which row of `weights` a bucket has, -1 where no example had it; `offsets` has a row
    a side that was fitted (words, letters, meaning). `mix` weighs all four sides in the order
    above, `mix_alone` the first three, where the meaning is not known. `favour` is how much rarer
    labels are ranked higher than their probability: by `prior ** -favour`. `thresholds` is the
    least probability at which a label may stand without a second look.
    """

    name: str
    labels: tuple[str, ...]
    rarity: Floats
    rows: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float16]
    meaning: Floats | None
    centre: Floats
    offsets: Floats
    mix: Floats
    mix_alone: Floats
    prior: Floats
    favour: float
    thresholds: Floats

    def margins(
        self,
        text: Sequence[Token],
        evidence: Mapping[str, float] | None = None,
        meaning: Vectors | None = None,
    ) -> dict[str, float]:
        """The weighed sum of all sides for each label, and for each that keywords speak for.

        `evidence` is how much keywords say for labels, `meaning` the vector of the text. A label
        that no example had stands where the least likely one stands, but for its keywords.
        """
        deep = meaning is not None and self.meaning is not None
        mix = self.mix if deep else self.mix_alone
        values, rows = self._seen(text, mix)
        total = values @ self.weights[rows].astype(np.float32)
        total += mix[:2] @ self.offsets[:2]
        if meaning is not None and self.meaning is not None:
            vector = centred(meaning[None], self.centre)[0]
            total += mix[3] * (vector @ self.meaning + self.offsets[2])
        found = dict(zip(self.labels, total.tolist(), strict=True))
        floor = min(found.values())
        for label, strength in (evidence or {}).items():
            found[label] = found.get(label, floor) + float(mix[2]) * strength
        return found

    def rank(self, margins: Mapping[str, float]) -> list[tuple[str, float]]:
        """Labels with their probabilities, best first.

        Where rare labels are favoured the probabilities need not fall.
        """
        chances = chance(np.fromiter(margins.values(), np.float32, len(margins)))
        least = float(self.prior.min())
        prior = dict(zip(self.labels, self.prior.tolist(), strict=True))
        found = list(zip(margins, chances.tolist(), strict=True))
        return sorted(found, key=lambda each: -each[1] / prior.get(each[0], least) ** self.favour)

    def threshold(self, label: str) -> float:
        """The least probability at which the label may stand without a second look."""
        if label not in self.labels:
            return 1.0
        return float(self.thresholds[self.labels.index(label)])

    def known(self, text: Sequence[Token]) -> float:
        """The share of the first words that some example had; 0 of no words."""
        words = text[: grams.MOST_WORDS]
        met = sum(self.rows[grams.of_word(word.text)[0]] >= 0 for word in words)
        return met / len(words) if words else 0.0

    def speaks_for(self, text: Sequence[Token], label: str) -> list[float]:
        """How much each of the first words says for the label, against the mean of all labels."""
        words = text[: grams.MOST_WORDS]
        if label not in self.labels:
            return [0.0] * len(words)
        values, rows = self._seen(text, self.mix_alone)
        weights = self.weights[rows].astype(np.float32)
        worth = np.zeros(len(self.weights) + 1, np.float32)  # the last is for what was never met
        worth[rows] = values * (weights[:, self.labels.index(label)] - weights.mean(axis=1))
        return [float(worth[self.rows[grams.of_word(word.text)]].sum()) for word in words]

    def telling(self, text: Sequence[Token], label: str) -> list[tuple[Token, float]]:
        """The words that say most for the label, and how much; those that say little are left
        out."""
        worth = zip(text, self.speaks_for(text, label), strict=False)
        most = sorted(worth, key=lambda each: -each[1])[:MOST_WORDS]
        return [(token, value) for token, value in most if value >= TELLS]

    def _seen(self, text: Sequence[Token], mix: Floats) -> tuple[Floats, npt.NDArray[np.int32]]:
        """What of the text some example had: values times the weight of their side, and rows."""
        found = grams.weigh(grams.count(text), self.rarity)
        rows = self.rows[found.buckets]
        values = found.values * mix[found.buckets // grams.HALF]
        return values[rows >= 0], rows[rows >= 0]

    def to_bytes(self) -> bytes:
        """The model as a compressed archive of arrays and one JSON text."""
        about = {
            "format": FORMAT, "name": self.name, "labels": self.labels, "favour": self.favour,
        }  # fmt: skip
        used = self.rows >= 0
        arrays: dict[str, Any] = {
            "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
            "buckets": np.flatnonzero(used).astype(np.int32),
            "rarity": self.rarity[used], "unseen": self.rarity.max(),
            "meaning": np.empty(0, np.float32) if self.meaning is None else self.meaning,
        }  # fmt: skip
        arrays |= {name: getattr(self, name) for name in _ARRAYS}
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()


def from_bytes(data: bytes) -> Model:
    """The model that `to_bytes` wrote. Raises ValueError for anything else, and for one of another
    format."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = dict(file)
    except (EOFError, BadZipFile) as error:
        raise ValueError("no model") from error
    about = json.loads(arrays["about"].tobytes())
    if about["format"] != FORMAT:
        raise ValueError(f"a model of format {about['format']}, not {FORMAT}: train it anew")
    rows = np.full(grams.BUCKETS, -1, np.int32)
    rows[arrays["buckets"]] = np.arange(len(arrays["buckets"]))
    rarity = np.full(grams.BUCKETS, arrays["unseen"], np.float32)
    rarity[arrays["buckets"]] = arrays["rarity"]
    return Model(
        name=about["name"],
        labels=tuple(about["labels"]),
        rarity=rarity,
        rows=rows,
        meaning=arrays["meaning"] if arrays["meaning"].size else None,
        favour=about["favour"],
        **{name: arrays[name] for name in _ARRAYS},
    )


def chance(margins: Floats) -> Floats:
    """Probabilities that follow from margins: exp(m) over the sum of all, along the last axis."""
    powers = np.exp(margins - margins.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def centred(vectors: Vectors, centre: Floats) -> Vectors:
    """Vectors without what all texts share, each of length 1."""
    apart = vectors - centre
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    result: Vectors = apart / np.maximum(lengths, 1e-9)
    return result
