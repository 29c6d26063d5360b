"""Nobody fills the disk with one request."""

import pytest
from django.test import Client

ADDRESSES = ("/small/report", "/desk/login/", "/admin/login/", "/open311/v2/requests.json", "/x")


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("length", ["70000001", "9" * 30, "-1", "x"])
def test_more_than_five_photos_is_too_much(client: Client, address: str, length: str) -> None:
    answer = client.post(address, {"words": "x"}, CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert "Content-Security-Policy" in answer


@pytest.mark.usefixtures("town")
def test_what_is_smaller_is_read(client: Client) -> None:
    assert client.post("/small/report", {"words": "A hole", "go": "show"}).status_code == 200
