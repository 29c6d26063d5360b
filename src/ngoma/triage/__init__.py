"""Reads a report: language, service, urgency, duplicates, answers, private parts.

The one door is `read`; what goes in and comes out is in `interface`, what a city knows is in
`catalogue`. Nothing here touches a database, the network or the clock.
"""

from ngoma.triage.catalogue import Catalogue, Service, Template
from ngoma.triage.interface import (
    Answer,
    Duplicate,
    Guess,
    Language,
    Level,
    Nearby,
    Past,
    Reading,
    Reason,
    Span,
    Spoken,
    Submission,
    Urgency,
)
from ngoma.triage.privacy import find_private, redact
from ngoma.triage.reading import MODEL, read

__all__ = [
    "MODEL",
    "Answer",
    "Catalogue",
    "Duplicate",
    "Guess",
    "Language",
    "Level",
    "Nearby",
    "Past",
    "Reading",
    "Reason",
    "Service",
    "Span",
    "Spoken",
    "Submission",
    "Template",
    "Urgency",
    "find_private",
    "read",
    "redact",
]
