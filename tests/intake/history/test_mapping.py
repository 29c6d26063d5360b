"""Mapping files: found by name and path, and explained where they are wrong."""

from pathlib import Path

import pytest

from ngoma.cities.problems import PackError
from ngoma.intake.history import mapping


def test_a_mapping_is_found_by_name_file_and_directory(tmp_path: Path) -> None:
    (tmp_path / "import.toml").write_text('[columns]\nlat = "Y"\n')
    for name in (tmp_path, tmp_path / "import.toml"):
        found = mapping.find(str(name))
        assert found.column("lat") == ("Y",)
        assert found.column("long") == ("long",)
        assert (found.origin, found.pack) == (tmp_path.name[:64], None)
    assert mapping.find("zurich").origin == "zurich"


def test_an_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(PackError, match="boston, helsinki, zurich"):
        mapping.find("atlantis")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('[columns]\nlatt = "Y"', "import.toml:2: `latt` means nothing here: did you mean `lat`"),
        ('[status]\ndone = "finished"', "import.toml:2: 'finished' is no state"),
        ('[dates]\nzone = "Mars/Phobos"', "import.toml:2: there is no time zone"),
        ('encoding = "klingon"', "import.toml:1: there is no encoding"),
        ('delimiter = "x"', "import.toml:1: 'x' is not known here"),
        ("columns = 3", "import.toml:1: `columns` must be a table"),
        ("[columns", "no readable TOML"),
    ],
)
def test_mistakes_are_told_with_their_line(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "import.toml"
    path.write_text(line)
    with pytest.raises(PackError) as caught:
        mapping.read(path)
    assert says in str(caught.value)
