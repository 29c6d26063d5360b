"""The life of a demonstration report follows the rules of a real one."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ngoma.casework import workflow
from ngoma.cities import demo
from ngoma.cities.node import Node

SMALL = Path(__file__).parent / "small"
NODE = Node("demo.jsonl", {}, {}, [])


def test_reports_are_read() -> None:
    first, second = demo.reports(SMALL)
    assert (first.key, first.lat, first.lon, first.contact) == ("sml-1", 0.15, 32.05, True)
    assert first.age == timedelta(days=3, hours=4)
    assert [(each.after, each.step) for each in first.story][2:] == [
        (timedelta(days=2), "resolve"),
        (timedelta(days=3), "reopen"),
    ]
    assert first.story[2].data == {"text": "Filled."}
    assert (second.same_as, second.story, second.channel) == ("sml-1", [], "web")


def test_steps_are_possible_where_the_workflow_says_so() -> None:
    for step, (sources, target) in demo.STEPS.items():
        move = workflow.MOVES[step]
        assert set(sources) == {str(each) for each in move.sources} - {"merged"}
        assert target == (str(move.target) if move.target else "")


@given(st.lists(st.sampled_from(sorted(demo.STEPS)), max_size=8))
def test_a_story_told_is_a_life_possible(names: list[str]) -> None:
    story = [demo.DemoStep(node=NODE, after=timedelta(), step=each, data={}) for each in names]
    wrong = {id(step) for step, _ in demo.follow(story)}
    state = before = "received"
    for step in story:
        if id(step) in wrong:
            assert not workflow.possible(step.step, state)
            continue
        assert workflow.possible(step.step, state)
        if step.step == "reopen":
            state = workflow.reopened_state(state)
        elif step.step == "inform" and state == "waiting":
            state = before
        elif target := workflow.MOVES[step.step].target:
            before, state = state, target
