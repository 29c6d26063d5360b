"""How long a text message is, and how it is shortened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.notices import sms


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 153 is odd: the last septet of a segment cannot hold half of an escaped character.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("ŋ" * 70, 1),
        ("ŋ" * 71, 2),
        ("가" * 134, 2),
        ("가" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_segments(text: str, number: int) -> None:
    assert sms.segments(text) == number


def test_luganda_eng_needs_the_larger_alphabet() -> None:
    assert sms.is_gsm("Ng'amba n'omuntu, tuddamu [obutasukka] 5€")
    assert not sms.is_gsm("Eŋŋoma")


def test_plain_keeps_typographic_marks_out_of_the_way() -> None:
    assert sms.plain("It’s “done” –\n\n see…\u00a0now") == 'It\'s "done" - see... now'
    assert sms.is_gsm(sms.plain("‘a’ — b\u202fc"))


@given(st.text(max_size=80), st.integers(0, 100))
def test_clip_keeps_the_beginning(text: str, keep: int) -> None:
    clipped = sms.clip(text, keep)
    if len(text) <= keep:
        assert clipped == text
    else:
        assert text.startswith(clipped.removesuffix("..."))
        assert len(clipped) <= keep + 3


@given(st.text(alphabet="ab €가😀", max_size=400), st.text(alphabet="ab €가😀", max_size=40))
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert sms.segments(text + more) >= sms.segments(text)
