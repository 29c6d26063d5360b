"""A small city in four languages, enough to try every rule of triage."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ngoma.triage import Catalogue, Service, Submission, Template

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def say() -> Callable[..., Submission]:
    """Makes a report of words from the middle of the city at noon, other fields on demand."""
    usual = Submission("", None, 0.3136, 32.5811, NOON, "web")
    return lambda words, **more: replace(usual, words=words, **more)


@pytest.fixture(scope="session")
def city() -> Catalogue:
    return Catalogue(
        country="UG",
        languages=("en", "lg", "sw", "ko"),
        services=(
            Service(
                1,
                "pothole",
                "roads",
                {"en": "Hole in the road", "lg": "Ekinnya mu luguudo"},
                {"en": "A hole or broken surface on a road or street."},
                {
                    "en": ("pothole", "crater"),
                    "lg": ("ekinnya",),
                    "sw": ("shimo",),
                    "ko": ("포트홀",),
                },
                departments=frozenset({10}),
            ),
            Service(
                2,
                "street-light",
                "lights",
                {"en": "Street light out", "ko": "가로등 고장"},
                {"en": "A lamp on a street that is dark at night or burns all day."},
                {
                    "en": ("street light", "lamp post"),
                    "lg": ("amataala",),
                    "sw": ("taa za barabarani",),
                    "ko": ("가로등", "보안등 고장"),
                },
                departments=frozenset({11}),
            ),
            Service(
                3,
                "rubbish",
                "waste",
                {"en": "Rubbish not collected"},
                {"en": "A heap of garbage that nobody has taken away."},
                {
                    "en": ("garbage", "rubbish"),
                    "lg": ("kasasiro",),
                    "sw": ("takataka",),
                    "ko": ("쓰레기",),
                },
                departments=frozenset({12}),
            ),
            Service(
                4,
                "power-line",
                "lights",
                {"en": "Electric cable down"},
                {},
                {"en": ("cable", "electric wire"), "ko": ("전선",)},
                urgency="soon",
                departments=frozenset({11}),
            ),
            Service(5, "tree", "parks", {"en": "Tree"}, {}, {"en": ("tree",), "lg": ("omuti",)}),
            Service(
                6, "gone", "parks", {"en": "Fountain"}, {}, {"en": ("fountain",)}, active=False
            ),
        ),
        now={
            "en": ("fire", "live wire"),
            "lg": ("omuliro",),
            "sw": ("moto",),
            "ko": ("불", "감전"),
        },
        soon={"en": ("open manhole",), "ko": ("맨홀 뚜껑",)},
        templates=(
            Template("hole-filled", ("pothole",), "resolve", {"en": "The hole was filled."}),
            Template("light-on", ("street-light",), "resolve", {"en": "The light works."}),
            Template("thanks", (), "accept", {"en": "Thank you."}),
        ),
    )
