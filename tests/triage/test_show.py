"""A reading in a terminal."""

from collections.abc import Callable

from ngoma.triage import Catalogue, Submission, read
from ngoma.triage.show import as_text

Say = Callable[..., Submission]


def test_every_finding_is_a_line(city: Catalogue, say: Say) -> None:
    words = "Two Potholes and a fire, call 0772 123456"
    lines = as_text(read(say(words), city), words, city).splitlines()
    assert [line.split()[0] for line in lines] == [
        "language", "service", "urgency", "private", "model",
    ]  # fmt: skip
    assert "pothole" in lines[1]
    assert "Potholes" in lines[1]
    assert lines[2].endswith("fire")


def test_doubt_is_said(city: Catalogue, say: Say) -> None:
    assert "a person should look" in as_text(read(say("hello"), city), "hello", city)
