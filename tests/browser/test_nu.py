"""Every page is HTML as the standard has it: the Nu checker of the W3C finds no error."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.browser.node import installed_package, missing
from tests.browser.pages import FACES, PAGES, Site, ask

pytestmark = pytest.mark.server


def test_no_page_has_an_error(site: Site, tmp_path: Path) -> None:
    jar = installed_package("vnu-jar") / "build" / "dist" / "vnu.jar"
    if not jar.is_file() or not shutil.which("java"):
        missing("the Nu checker (npm) or Java (Debian: apt install default-jre-headless)")
    with httpx.Client(timeout=30) as reader:
        for face in FACES:
            for page in PAGES:
                answer = ask(reader, page, face, site)
                (tmp_path / f"{face.name}.{page.name}.html").write_bytes(answer.content)
    told = subprocess.run(
        [
            "java", "-Xss4m", "-jar", str(jar), "--format", "json", "--exit-zero-always",
            str(tmp_path),
        ],
        stderr=subprocess.PIPE, check=True, timeout=240,
    )  # fmt: skip
    errors = {
        f"{Path(each['url']).name}: {each['message']} {each.get('extract', '')[:120]!r}"
        for each in json.loads(told.stderr)["messages"]
        if each["type"] == "error"
    }
    assert not errors, "\n".join(sorted(errors)[:40])
