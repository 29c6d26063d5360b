"""The dark theme is made of other colours alone: what holds in the light holds in it otherwise."""

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ngoma"
FOLLOWED = "@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {"
CHOSEN = ":root[data-theme=dark] {"


def _declared(css: str, start: str) -> list[str]:
    """The declarations of the rule that starts so."""
    body = css.partition(start)[2].partition("}")[0]
    return [each.strip() for each in body.split(";") if each.strip()]


def test_the_dark_theme_changes_colours_alone() -> None:
    css = (SOURCE / "look" / "static" / "ngoma.css").read_text(encoding="utf-8")
    dark = _declared(css, FOLLOWED)
    assert "color-scheme: dark" in dark
    assert all(re.match(r"(--[\w-]+|color-scheme):", each) for each in dark)
    assert dark == _declared(css, CHOSEN)
    rest = css.replace(FOLLOWED, "").replace(CHOSEN, "")
    pages = (SOURCE / "public" / "static" / "public.css").read_text(encoding="utf-8")
    assert "prefers-color-scheme" not in rest + pages
    assert "data-theme=dark" not in rest + pages
