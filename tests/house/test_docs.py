"""What the documents say of names and files is so."""

import re
from pathlib import Path

import pytest
from tests.browser.pages import PAGES

from ngoma.casework import fold
from ngoma.journey import TIMERS
from ngoma.people.permissions import VERBS
from ngoma.records.models import Role
from ngoma.settings.table import ROOT, SETTINGS

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "NOTICE.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES_OF_SHEETS = 8_800_000
MOST_BYTES_OF_SCREENS = 4_000_000


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    inside = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    missing = [
        link for link in inside if not (document.parent / (link.partition("#")[0] or ".")).exists()
    ]
    assert missing == []


def test_every_setting_role_and_timer_is_explained_to_administrators() -> None:
    text = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    first = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert {setting.name for setting in SETTINGS} - first == set()
    assert set(Role.values) - first == set()
    settings = {name for name in first if name.startswith(("NGOMA_", "DATABASE"))}
    assert settings - {setting.name for setting in SETTINGS} == set()
    assert [timer.name for timer in TIMERS if not any(timer.name in row for row in rows)] == []


def test_what_each_role_may_do_is_told_verb_by_verb() -> None:
    """Change the table in the document to this one, where it differs."""
    by_hand = {verb: roles for verb, roles in VERBS.items() if set(roles) & set(Role.values)}
    rows = [["", *(f"`{role}`" for role in Role.values)], ["---", *[":-:"] * len(Role.values)]]
    rows += [
        [f"`{verb}`", *("✓" if role in roles else "" for role in Role.values)]
        for verb, roles in by_hand.items()
    ]
    table = "\n".join(f"| {' | '.join(cells)} |".replace("  ", " ") for cells in rows)
    assert table in (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8"), table


def test_every_kind_of_event_is_explained_to_auditors() -> None:
    text = (ROOT / "docs" / "auditor.md").read_text(encoding="utf-8")
    assert [kind for kind in sorted(fold.KINDS) if f"`{kind}`" not in text] == []


def test_every_defence_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    defended = [(cells[0].strip(), re.findall(r"`([\w/]+)`", cells[-1])) for cells in rows[1:]]
    assert len(defended) > 40
    assert [what for what, names in defended if not names] == []
    missing = []
    for _what, names in defended:
        folder = ""
        for name in names:
            folder = name.rpartition("/")[0] or folder
            path = ROOT / "tests" / folder / f"{name.rpartition('/')[2]}.py"
            if not path.is_file() or "def test_" not in path.read_text(encoding="utf-8"):
                missing.append(name)
    assert missing == []


def test_the_pictures_are_small() -> None:
    pictures = [
        path for path in (ROOT / "docs" / "screens").iterdir() if path.suffix in (".webp", ".png")
    ]
    assert pictures
    assert sum(path.stat().st_size for path in pictures) <= MOST_BYTES_OF_SCREENS
    sheets = list((ROOT / "docs" / "screens" / "pages").iterdir())
    assert sheets
    assert sum(path.stat().st_size for path in sheets) <= MOST_BYTES_OF_SHEETS


def test_every_page_of_residents_has_its_sheet() -> None:
    sheets = {path.stem for path in (ROOT / "docs" / "screens" / "pages").glob("*.webp")}
    assert sheets == {page.name for page in PAGES}
