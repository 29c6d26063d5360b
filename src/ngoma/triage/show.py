"""A reading as plain text, for a terminal."""

from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Reading, Reason


def as_text(reading: Reading, words: str, catalogue: Catalogue) -> str:
    """What was read in `words`, one finding a line, each with its probability and reasons."""
    found = [(reading.language.code, reading.language.confidence, "language", "")]
    found += [
        (catalogue.by_id[guess.service_id].code, guess.probability, "service",
         _reasons(guess.reasons, words))
        for guess in reading.services
    ]  # fmt: skip
    urgency = reading.urgency
    reasons = _reasons(urgency.reasons, words)
    found.append((urgency.level, urgency.probability, "urgency", reasons))
    lines = [
        f"{kind:9}{what:28}{probability:5.2f}  {why}".rstrip()
        for what, probability, kind, why in found
    ]
    if len(reading.spoken) > 1:
        lines += [
            f"{'part':9}{part.language.code:28}{part.language.confidence:5.2f}  "
            f"{part.start}–{part.end}"
            for part in reading.spoken
        ]
    lines += [f"{'private':9}{span.kind:28}{span.start}–{span.end}" for span in reading.private]
    if not reading.confident:
        lines.append("a person should look")
    return "\n".join([*lines, f"{'model':9}{reading.model}"])


def _reasons(reasons: tuple[Reason, ...], words: str) -> str:
    return ", ".join(
        words[r.start : r.end] if r.kind == "word" else f"{r.kind} {r.text}".rstrip()
        for r in reasons
    )
