"""Every mistake in a pack is told with its file and line, and no garbage stops the telling."""

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ngoma.cities.check import check
from ngoma.cities.pack import LOADED

SMALL = Path(__file__).parent / "small"
FILES = (*LOADED, "demo.jsonl")


def test_the_small_pack_is_right() -> None:
    assert check(SMALL) == []


RAIN = '[[overlay]]\ncode = "rain"\nname = {{en = "Rain", sw = "Mvua"}}\nurl = "{}"\n\n[open_data]'

# file, what is replaced, by what, the line of the problem, and words of its explanation
ERRORS = [
    ("city.toml", 'slug = "small"', 'slug = "Big City"', 1, "cannot be an address"),
    ("city.toml", 'slug = "small"\n', "", 0, "`slug` is missing"),
    ("city.toml", 'languages = ["en", "sw"]', 'languages = ["en"]', 6, "speaks 'sw'"),
    ("city.toml", "Africa/Kampala", "Africa/Entebbe", 3, "no time zone"),
    ("city.toml", "Africa/Kampala", "../../etc/passwd", 3, "no time zone"),
    ("city.toml", 'country = "UG"', 'country = "UGA"', 4, "ISO 3166-1"),
    ("city.toml", 'country = "UG"', 'country = "QQ"', 17, "the calendar cannot be used"),
    ("city.toml", 'name = {en = "Small", sw', 'name = {en = "Small", lg', 6, "lacks"),
    ("city.toml", 'desk = "front"', 'desk = "frnt"', 11, "did you mean 'front'"),
    ("city.toml", 'prefix = "SML"', 'prefix = "Small"', 15, "2 to 4 capital letters"),
    ("city.toml", "tue = [", "die = [", 18, "'die' is no day"),
    ("city.toml", '"08:00-17:00"', '"8 to 5"', 18, "write 08:00-17:00"),
    ("city.toml", '"13:00-17:00"', '"11:00-17:00"', 17, "cannot be used"),
    ("city.toml", "closed = [2026-12-24]", 'closed = ["24 Dec"]', 20, "without quotation marks"),
    ("city.toml", 'resolution = "5d"', 'resolution = "5 weeks"', 24, "no span of time"),
    ("city.toml", 'waiting = "14d"\n', "", 22, "`waiting` is missing"),
    ("city.toml", "[0.15, 32.05]", "[32.05, 0.15]", 30, "swapped"),
    ("city.toml", "[0.15, 32.05]", "[0.15]", 30, "[latitude, longitude]"),
    ("city.toml", "zoom = 12", "zoom = nan", 31, "must be a number"),
    ("city.toml", "reports@small.example", "reports", 36, "no e-mail address"),
    ("city.toml", "https://creativecommons.org/licenses/by/4.0/", "CC BY", 46, "no address"),
    ("city.toml", "data@small.example", "the desk", 49, "no e-mail address"),
    ("city.toml", "data@small.example", "Open data <data@small.example>", 49, "no e-mail address"),
    ("city.toml", "data@small.example", "<data@small.example>", 49, "no e-mail address"),
    ("city.toml", "licenses/by/4.0/", "licenses/by 4.0/", 46, "no address"),
    ("city.toml", "https://small.example/", "https://small.example/<x>", 50, "no address"),
    ("city.toml", "[open_data]", RAIN.format("https://a:b/x"), 48, "no address"),
    ("city.toml", "[open_data]", RAIN.format("https:///rain.csv"), 48, "no address"),
    ("city.toml", "[open_data]", RAIN.format("ftp://a.example/x"), 48, "no address"),
    ("city.toml", 'publisher = {en = "City of Small", sw', 'publisher = {sw', 48, "lacks"),
    ("city.toml", "languages =", "languages", 2, "no valid TOML"),
    ("city.toml", 'sender = "Small"', 'sender = "Sm\\u0000all"', 35, "unprintable"),
    ("city.toml", "west = 2000", "west = -5", 43, "must lie between"),
    ("city.toml", "west = 2000", "wst = 5", 43, "did you mean 'west'"),
    ("city.toml", "year = 2020\n", "", 38, "`year` is missing"),
    ("places.csv", "west,,ward", "west,,quarter", 2, "no level 'quarter'"),
    ("places.csv", "kasubi,west", "kasubi,", 4, "has no parent"),
    ("places.csv", "kasubi,west", "kasubi,wst", 4, "did you mean 'west'"),
    ("places.csv", "west,,ward", "west,kasubi,ward", 2, "greater level"),
    ("places.csv", "east,,ward", "west,,ward", 3, "already on line 2"),
    ("places.csv", "east,,ward,East Ward,,,,", "east,,ward,East Ward,,,", 3, "7 fields"),
    ("places.csv", "0.15,32.15", "32.15,0.15", 5, "swapped"),
    ("places.csv", "0.15,32.15", "0.15,33.15", 5, "outside the city"),
    ("places.csv", "0.15,32.15", "0.15,", 5, "both or neither"),
    ("places.csv", "0.15,32.15", "0°9',32.15", 5, "write degrees"),
    ("places.csv", "code,parent", "code,mother", 1, "`parent` is missing"),
    ("places.csv", "Kasubi,", '"Kasubi,', 4, "no valid CSV"),
    ("boundaries.geojson", "[32.0, 0.1]]]}}", "[32.0, 0.15]]]}}", 2, "not closed"),
    ("boundaries.geojson", "[32.2, 0.1], [32.2, 0.2]", "[32.2, 0.2], [32.2, 0.1]", 3, "not valid"),
    ("boundaries.geojson", '"code": "kasubi"', '"code": "kasub"', 4, "did you mean 'kasubi'"),
    ("boundaries.geojson", '"type": "Polygon"', '"type": "Point"', 2, "Polygon or a MultiPolygon"),
    ("boundaries.geojson", "[32.0, 0.1], [32.1", '["a", 0.1], [32.1', 2, "cannot be read"),
    ("boundaries.geojson", "]]]}},\n", "]]]}}\n", 3, "no valid JSON"),
    ("departments.toml", 'parent = "roads"', 'parent = "streets"', 8, "no department 'streets'"),
    ("departments.toml", 'code = "front"', 'code = "Front Desk"', 2, "cannot be a code"),
    ("departments.toml", 'code = "roads-west"', 'code = "front"', 6, "already on line 1"),
    ("departments.toml", '"late+1d"', '"late+soon"', 4, "is no moment"),
    ("departments.toml", '["coordinator"]', '["mayor"]', 4, "is nobody"),
    ("services.toml", '"soon"', '"soon"\nalone = true', 33, "never accepted alone"),
    ("services.toml", 'danger = "soon"', 'alone = "yes"', 32, "alone"),
    ("services.toml", ', sw = "Taa ya barabarani"', "", 29, "lacks the language 'sw'"),
    ("services.toml", 'group = "other"', 'group = "othr"', 36, "did you mean 'other'"),
    ("services.toml", 'resolution = "10d"', 'resolution = "10"', 15, "write 90m, 4h or 3d"),
    ("services.toml", "singlevaluelist", "list", 19, "singlevaluelist"),
    ("services.toml", "singlevaluelist", "number", 21, "belong to lists"),
    ("services.toml", 'key = "knee"', 'key = "ankle"', 23, "already"),
    ("services.toml", 'danger = "soon"', 'danger = "later"', 32, "use one of soon, now"),
    ("services.toml", 'danger = "soon"', 'public = "no"', 32, "true or false"),
    ("services.toml", 'code = "light"', 'code = "pothole"', 26, "already on line 9"),
    ("owners.csv", ",street,,roads\n", ",streets,,roads\n", 2, "did you mean 'street'"),
    ("owners.csv", "light,,kasubi", "light,,east,extra", 5, "5 fields"),
    ("owners.csv", "light,,kasubi,roads", "light,,,roads", 5, "never wins: line 4"),
    ("owners.csv", "light,,kasubi", "light,street,kasubi", 5, "either a service or a group"),
    ("owners.csv", "kasubi,roads", "kasubi,", 5, "`department` is empty"),
    ("danger.toml", 'sw = ["waya wa umeme"]\n', "", 1, "no words in the language 'sw'"),
    ("danger.toml", '["open manhole"]', '"open manhole"', 5, "list in square brackets"),
    ("stoppers.toml", '["light"]', '["lihgt"]', 3, "did you mean 'light'"),
    ("templates.toml", "{date}.\", sw", "{day}.\", sw", 5, "no field '{day}'"),
    ("templates.toml", "at {place}", "at {place", 5, "brace"),
    ("templates.toml", 'for = "resolve"', 'for = "solve"', 3, "use one of"),
    ("templates.toml", '["pothole"]', '["potholes"]', 10, "did you mean 'pothole'"),
    ("reasons.toml", 'for = "reject"', 'for = "accept"', 3, "use one of reject, refer, extend"),
    ("reasons.toml", 'rule = "repeat"', 'rule = "often"', 10, "use one of repeat, group, insult"),
    ("reasons.toml", "http://127.0.0.1:9", "ftp://x", 23, "begins with https://"),
    ("dialogue.toml", 'go = "where", service', 'go = "wher", service', 1, "no step has the code"),
    ("dialogue.toml", 'service = "pothole"', 'service = "potholes"', 5, "not in services.toml"),
    ("dialogue.toml", 'do = "report"', "", 22, "needs `choices`"),
    ("dialogue.toml", 'do = "report"', 'do = "resport"', 24, "is not known here"),
    ("dialogue.toml", 'take = "words"\ngo = "where"', 'take = "words"', 10, "`go` says where"),
    ("dialogue.toml", 'take = "words"\ngo = "where"', 'take = "words"\ngo = "start"', 1, "back to"),
    ("dialogue.toml", 'sw = "Wapi?"', 'lg = "Wa?"', 20, "lacks the language"),
    ("handling.toml", "times = 3", 'times = "3"', 1, "must be a number"),
    ("handling.toml", "people = 3", "people = 1", 2, "between 2 and"),
    ("handling.toml", "2026-03-01", '"2026-03-01"', 19, "a day without quotation marks"),
    ("handling.toml", "until = 2026-03-31", "until = 2026-02-01", 20, "lies before"),
    ("handling.toml", 'code = "election"', 'code = "press"', 14, "already on line 8"),
    ("handling.toml", 'words = {en = ["journalist"]', 'wrods = {en = ["journalist"]', 8, "needs"),
    ("demo.jsonl", '["1d", "start"]', '["1d", "rate"]', 1, "the case is accepted by then"),
    ("demo.jsonl", '["1d", "start"]', '["1d", "finish"]', 1, "no step 'finish'"),
    ("demo.jsonl", '["1d", "start"]', '["3d", "start"]', 1, "run backwards"),
    ("demo.jsonl", '"age": "3d4h"', '"age": "2d"', 1, "in the future"),
    ("demo.jsonl", '"depth": "knee"', '"depth": "waist"', 1, "no answer 'waist'"),
    ("demo.jsonl", '["1d", "start"]', '["1d", "reject"]', 1, "no reason to reject 'None'"),
    ("demo.jsonl", '["1d", "start"]', '["1d", "refer", {"body": "pwer"}]', 1, "mean 'power'"),
    ("demo.jsonl", '["1d", "start"]', '["1d", "ask"]', 1, "needs words"),
    ("demo.jsonl", '["3d", "reopen"]', '["3d", "rate", {"score": 6}]', 1, "from 1 to 5"),
    ("demo.jsonl", '"contact": true', '"photo": "elephant"', 1, "no illustration 'elephant'"),
    ("demo.jsonl", '"same_as": "sml-1"', '"same_as": "sml-9"', 2, "no earlier line"),
    ("demo.jsonl", '"key": "sml-2"', '"key": "sml-1"', 2, "already on line 1"),
    ("demo.jsonl", '0.15, "lon": 32.05, "age": "2d"', '32.05, "lon": 0.15, "age": "2d"', 2, "swap"),
    ("demo.jsonl", '"language": "sw"', '"language": "lg"', 2, "no language 'lg'"),
    ("demo.jsonl", '"key": "sml-2",', '"key": "sml-2"', 2, "no valid JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "said"), ERRORS)
def test_an_error_is_told_where_it_stands(
    edit: Any, file: str, old: str, new: str, line: int, said: str
) -> None:
    errors = [each for each in check(edit(file, old, new)) if not each.warning]
    found = [each for each in errors if said in each.text]
    assert (file, line) in [(each.file, each.line) for each in found], list(map(str, errors))


WARNINGS = [
    ("services.toml", '"street light"', '"pothole"', 31, "keyword of 'pothole' too"),
    ("services.toml", 'danger = "soon"', 'dangr = "soon"', 32, "did you mean `danger`"),
    ("services.toml", ', sw = ["taa"]', "", 31, "no words in the language 'sw'"),
    ("owners.csv", ",other,,front\n", "", 35, "nobody owns 'else'"),
    ("owners.csv", ",other,,front", ",other,,front\nelse,,,front", 6, "never wins"),
    ("places.csv", "nsambya,east", "nsambya,west", 5, "outside the boundary of 'west'"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "said"), WARNINGS)
def test_a_warning_does_not_hinder(
    edit: Any, file: str, old: str, new: str, line: int, said: str
) -> None:
    problems = check(edit(file, old, new))
    assert all(each.warning for each in problems)
    assert [line for each in problems if said in each.text] == [line], list(map(str, problems))


def test_a_department_is_not_its_own_superior(edit: Any) -> None:
    own = 'code = "roads"\nparent = "roads-west"\nname = {en = "Roads"'
    problems = check(edit("departments.toml", 'code = "roads"\nname = {en = "Roads"', own))
    assert [(each.line, "own superior" in each.text) for each in problems] == [
        (8, True),
        (14, True),
    ]


@pytest.mark.parametrize("file", [name for name in LOADED if name.endswith(".toml")])
def test_a_file_that_cannot_be_read_is_one_problem(pack: Path, file: str) -> None:
    (pack / file).write_text("code = [")
    errors = [each for each in check(pack) if not each.warning]
    assert [each.file for each in errors] == [file], list(map(str, errors))


def test_all_mistakes_are_told_at_once(edit: Any) -> None:
    edit("city.toml", 'prefix = "SML"', 'prefix = "s"')
    edit("services.toml", 'group = "other"', 'group = "othr"')
    problems = check(edit("owners.csv", "light,,,front", "light,,,nobody"))
    assert [each.file for each in problems if not each.warning] == [
        "city.toml",
        "owners.csv",
        "services.toml",
    ]


@pytest.mark.parametrize("file", [*LOADED, "SOURCES.md"])
def test_a_missing_file_is_told(pack: Path, file: str) -> None:
    (pack / file).unlink()
    said = [each for each in check(pack) if each.file == file]
    optional = file in (
        *("boundaries.geojson", "stoppers.toml", "handling.toml", "articles.toml", "dialogue.toml"),
    )
    assert ["missing" in each.text for each in said] == ([] if optional else [True])


def test_no_directory_is_told(tmp_path: Path) -> None:
    assert check(tmp_path / "nowhere")


def test_another_encoding_is_told_with_its_line(pack: Path) -> None:
    text = (pack / "reasons.toml").read_text().replace("Private land", "Propriété")
    (pack / "reasons.toml").write_bytes(text.encode("latin-1"))
    found = [each for each in check(pack) if "UTF-8" in each.text]
    assert [(each.file, each.line) for each in found] == [("reasons.toml", 4)]


def test_windows_line_ends_and_byte_order_marks_are_overlooked(pack: Path) -> None:
    for file in FILES:
        data = (pack / file).read_bytes().replace(b"\n", b"\r\n")
        (pack / file).write_bytes(b"\xef\xbb\xbf" + data)
    assert check(pack) == []


PIECES = [
    *("[", "]", "{", "}", '"', "'", ",", "=", "\n", "\r", "\x00", "\ud800", "|", ".", "-", "1e999"),
    *("nan", "inf", "[[", "]]", "{}", "[]", "null", "true", "0", "-1", "9" * 400, '"""', "''", "é"),
    *("[" * 3000, "2026-13-01", "07:61", "[[service]]\n", "west", "code", "\\u0000", "\\ud800"),
]


@settings(max_examples=150, deadline=None)
@given(file=st.sampled_from(FILES), seed=st.integers(0, 2**32), edits=st.integers(1, 6))
def test_no_garbage_stops_the_telling(file: str, seed: int, edits: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "pack"
        shutil.copytree(SMALL, path)
        data = (path / file).read_bytes()
        for _ in range(edits):
            at = chance.randrange(len(data) + 1)
            piece = chance.choice(PIECES).encode("utf-8", "surrogatepass")
            if chance.random() < 0.5:  # in place of a whole value
                cut = chance.randrange(1, 30)
                data = data[:at] + piece + data[at + cut :]
            else:
                data = data[:at] + piece + data[at:]
        (path / file).write_bytes(data)
        for problem in check(path):
            assert problem.file
            assert problem.line <= len(data.splitlines()) + 1 or problem.file != file
            assert str(problem).encode()
