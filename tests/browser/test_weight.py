"""Bytes are dear on 2G: what a page costs, compressed, with its styles and scripts.

At most 60 KB before a map is looked at, and 180 KB with it: the outlines it draws and its tiles.
"""

import re

import httpx
import pytest

from tests.browser.pages import FACES, PAGES, Page, Site, ask

pytestmark = pytest.mark.server
MOST, MOST_WITH_MAP = 60_000, 180_000
TILES = 12
"""About as many as a large window shows at once."""

_FILES = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2?))"')
_MAP = re.compile(r'data-outline="([^"]+)"')


@pytest.fixture(scope="module")
def reader() -> httpx.Client:
    """A browser that takes what is compressed, over a new connection each time: one that was kept
    may be closed by the server just when it is asked again."""
    fresh = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(timeout=30, limits=fresh, headers={"Accept-Encoding": "br, gzip"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_light(reader: httpx.Client, site: Site, page: Page) -> None:
    for face in FACES:
        answer = ask(reader, page, face, site)
        files = set(_FILES.findall(answer.text))
        cost = _bytes(answer) + sum(_bytes(reader.get(site.url + each)) for each in files)
        assert cost <= MOST, (face.name, cost)
        outline = _MAP.search(answer.text)
        if outline:
            cost += _bytes(reader.get(site.url + outline[1]))
        if page.map:
            cost += TILES * _bytes(reader.get(f"{site.url}/{face.city}/tiles/0/0/0.json"))
        assert cost <= MOST_WITH_MAP, (face.name, cost)


def _bytes(answer: httpx.Response) -> int:
    """As they went over the line."""
    return answer.num_bytes_downloaded
