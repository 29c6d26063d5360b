"""A process says whether it can answer."""

import pytest
from django.test import Client


@pytest.mark.usefixtures("database")
def test_healthz_asks_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


@pytest.mark.usefixtures("database")
def test_pages_allow_no_foreign_or_inline_script(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
