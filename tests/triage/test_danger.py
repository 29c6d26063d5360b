"""What was learned of danger raises the alarm, never too often, and never lowers it."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.triage import Catalogue, Submission
from ngoma.triage.comparing import likely_cheaper
from ngoma.triage.danger import COSTS, MOST, SAFE, bars, cost
from ngoma.triage.learned import Model
from ngoma.triage.reading import read
from ngoma.triage.training import Example, train

Say = Callable[..., Submission]
SIGNS = {
    "now": ("sparks", "bleeding", "gas"),
    "soon": ("leaning", "crack", "loose"),
    "no": ("dirty", "noisy", "slow"),
}
"""Words that no pack of the test knows."""
FILLING = ("the", "wall", "by", "our", "market", "is", "since", "today", "please", "here")
WORDS = [*FILLING, *(word for each in SIGNS.values() for word in each), "fire", "open manhole"]
ORDER = ("no", "soon", "now")


@pytest.fixture(scope="module")
def model() -> Model:
    draw = random.Random(3)
    examples = []
    for _ in range(400):
        level = draw.choices(ORDER, (80, 12, 8))[0]
        words = [draw.choice(SIGNS[level]), *draw.choices(FILLING, k=5)]
        draw.shuffle(words)
        examples.append(Example(" ".join(words), level))
    return train(examples, name="learned-7", aim=SAFE)


@pytest.mark.parametrize("level", ["now", "soon"])
def test_a_danger_that_no_pack_knows_is_raised_with_its_words(
    city: Catalogue, say: Say, model: Model, level: str
) -> None:
    for sign in SIGNS[level]:
        words = f"the {sign} by our market"
        assert read(say(words), city).urgency.level == "no"
        urgency = read(say(words), city, danger=model).urgency
        assert urgency.level == level
        assert sign in {reason.text for reason in urgency.reasons}
        assert words[urgency.reasons[0].start : urgency.reasons[0].end] == urgency.reasons[0].text


def test_what_is_calm_stays_calm(city: Catalogue, say: Say, model: Model) -> None:
    for sign in SIGNS["no"]:
        assert read(say(f"the market is {sign} today"), city, danger=model).urgency.level == "no"


@given(
    words=st.lists(
        st.sampled_from(WORDS) | st.text(),
        max_size=12,
    )
)
def test_what_was_learned_never_lowers_a_level(
    city: Catalogue, say: Say, model: Model, words: list[str]
) -> None:
    said = say(" ".join(words))
    floor, both = read(said, city).urgency, read(said, city, danger=model).urgency
    assert ORDER.index(both.level) >= ORDER.index(floor.level)
    assert 0 <= both.probability <= 1
    assert set(floor.reasons) <= set(both.reasons)


@pytest.mark.parametrize(
    ("words", "level"), [("open manhole, dirty, noisy, slow", "soon"), ("fire, slow, dirty", "now")]
)
def test_calm_words_do_not_lower_what_the_pack_knows(
    city: Catalogue, say: Say, model: Model, words: str, level: str
) -> None:
    assert read(say(words), city, danger=model).urgency.level == level


@given(
    seed=st.integers(0, 1000),
    dangers=st.integers(0, 30),
    calm=st.integers(1, 300),
)
def test_of_calm_reports_few_are_raised(seed: int, dangers: int, calm: int) -> None:
    draw = np.random.default_rng(seed)
    truth = np.concatenate([draw.integers(1, 3, dangers), np.zeros(calm, np.int64)])
    chances = draw.dirichlet((1.0, 0.4, 0.4), len(truth)).astype(np.float32)
    found = bars(chances, np.ones(3, np.float32) / 3, 0.0, truth, ["no", "now", "soon"])
    raised = chances[:, 1] + chances[:, 2] >= found[2]
    assert raised[truth == 0].sum() <= MOST["soon"] * calm + 1
    now = chances[:, 1] >= found[1]
    assert now[truth != 1].sum() <= MOST["now"] * (truth != 1).sum() + 1


def test_a_miss_costs_fifty_false_alarms() -> None:
    assert cost("now", "no") == 50 * cost("no", "soon")
    assert cost("no", "no") == cost("now", "now") == 0
    assert set(COSTS) == {(a, b) for a in ORDER for b in ORDER if a != b}


def test_what_costs_less_is_better() -> None:
    assert likely_cheaper([0.0] * 60 + [1.0] * 3, [0.0] * 60 + [50.0] * 3) > 0.9
    assert likely_cheaper([1.0] * 50, [1.0] * 50) == 0.5
    assert likely_cheaper([2.0] * 50, [1.0] * 50) == 0.0
    assert likely_cheaper([], []) == 0.5
