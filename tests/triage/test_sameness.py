"""How much each ground counts: decisions teach it, and few of them teach little."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.triage.sameness import BY_HAND, GROUNDS, Grounds, Weights, cost, fit, from_bytes


def decided(truth: Weights, count: int, seed: int = 1) -> list[tuple[Grounds, bool]]:
    """Pairs as a city would decide them whose grounds count like this."""
    draw = random.Random(seed)
    ranges = {
        "place": (-1.5, 0),
        "time": (-6, 0),
        "word": (-0.5, 4),
        "service": (-2, 0),
        "photo": (0, 6),
    }
    pairs = []
    for _ in range(count):
        grounds = {name: draw.uniform(*ranges[name]) for name in GROUNDS}
        if draw.random() < 0.5:
            del grounds["photo"]
        pairs.append((grounds, draw.random() < truth.probability(grounds)))
    return pairs


def test_decisions_teach_what_counts() -> None:
    """Where words say nothing and photos all, that is learned, and new pairs surprise less."""
    truth = Weights(-2.0, (1.0, 0.3, 0.0, 0.5, 2.0))
    taught, fresh = fit(decided(truth, 2000)), decided(truth, 500, seed=2)
    assert taught.factors[2] < 0.3 < 1 < taught.factors[4]
    taught_cost, hand_cost = (
        sum(cost(each, *pair) for pair in fresh) / len(fresh) for each in (taught, BY_HAND)
    )
    assert taught_cost < hand_cost * 0.8
    said = [taught.probability(grounds) for grounds, _ in fresh]
    assert math.isclose(sum(said), sum(same for _, same in fresh), rel_tol=0.12), "calibrated"


def test_few_decisions_move_little_and_none_nothing() -> None:
    assert fit([]) == BY_HAND
    odd = [({"word": 4.0}, False)] * 3
    moved = [abs(a - b) for a, b in zip(fit(odd).factors, BY_HAND.factors, strict=True)]
    assert max(moved) < 0.5


@given(st.lists(st.tuples(st.sampled_from(GROUNDS), st.booleans()), max_size=60))
def test_what_lies_nearer_never_speaks_against(said: list[tuple[str, bool]]) -> None:
    taught = fit([({name: 2.0}, same) for name, same in said])
    assert min(taught.factors) >= 0


def test_weights_are_kept_as_text_and_nothing_else_is_read() -> None:
    taught = fit(decided(Weights(-1.0, (1, 1, 1, 1, 2)), 100))
    assert from_bytes(taught.to_bytes()) == taught
    for bad in (b"", b"[]", b"{}", b'{"format": "other"}'):
        with pytest.raises(ValueError):
            from_bytes(bad)
