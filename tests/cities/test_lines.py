"""Where the keys of a TOML text stand."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ngoma.cities.lines import Path, lines_of

TEXT = '''# a remark with = and [
a = 1
"b c".d = "x = [1, # no"   # yes
[[s]]
code = "one"
v = [{k = "a", name = {en = "\\"]x"}},
  # between

  {k = 'b # c'}, [1, 2,
  3]]
m = """
not = "a key"
[[s]]"""""
n = 1979-05-27 07:32:00
[[s.q]]
k = 1
[[s.q]]
k = 2
[s.t.u]
f = 3.14
[[s]]
code = "two"
[s.q]
k = 3
'''


def test_every_key_and_item_has_its_line() -> None:
    lines = lines_of(TEXT)
    assert set(paths(tomllib.loads(TEXT))) <= lines.keys()
    for path, line in {
        ("a",): 2,
        ("b c", "d"): 3,
        ("s", 0): 4,
        ("s", 0, "v"): 6,
        ("s", 0, "v", 0, "name", "en"): 6,
        ("s", 0, "v", 1, "k"): 9,
        ("s", 0, "v", 2, 2): 10,
        ("s", 0, "m"): 11,
        ("s", 0, "n"): 14,
        ("s", 0, "q", 1, "k"): 18,
        ("s", 0, "t", "u", "f"): 20,
        ("s", 1, "code"): 22,
        ("s", 1, "q", "k"): 24,
    }.items():
        assert lines[path] == line, path


keys = st.sampled_from(["a", "b-c", '"d e"', "'f]'"])
scalars = st.sampled_from(
    ["1", "-2.5e3", "true", '"x"', '"# \\" ]"', "'\\'", "'''\n'\n'''", '"""\\"""=\n["""', "inf"]
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: "[" + ",\n # and\n".join(each) + "\n]"),
        st.dictionaries(keys, inner, max_size=3).map(
            lambda each: "{" + ", ".join(f"{k} = {v}" for k, v in each.items()) + "}"
        ),
    ),
    max_leaves=6,
)
tables = st.dictionaries(keys, values, max_size=4).map(
    lambda each: "".join(f"{key} = {value} # so\n" for key, value in each.items())
)


@given(st.lists(tables, max_size=4))
def test_lines_agree_with_the_parser(parts: list[str]) -> None:
    text = "".join(f"[[x.y]]\nline = {number}\n{part}" for number, part in enumerate(parts))
    lines = lines_of(text)
    assert set(paths(tomllib.loads(text))) <= lines.keys()
    for number in range(len(parts)):
        line = lines["x", "y", number, "line"]
        assert text.split("\n")[line - 1] == f"line = {number}"


def paths(value: Any, path: Path = ()) -> list[Path]:
    items = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        items = enumerate(value)
    return [path] * bool(path) + [
        each for key, inner in items for each in paths(inner, (*path, key))
    ]
