"""Single sign-on with a provider that speaks OpenID Connect, on this machine."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import msgspec
import pytest
from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import Membership, User

LOGIN = "/desk/account/sign-on/city/login/"


class Provider(HTTPServer):
    """What the provider says of who comes from it."""

    claims: dict[str, Any]
    asked: dict[str, list[str]]


class Speaks(BaseHTTPRequestHandler):
    """The few addresses of OpenID Connect that a login asks."""

    server: Provider

    def do_GET(self) -> None:
        own = f"http://127.0.0.1:{self.server.server_port}"
        if "openid-configuration" in self.path:
            self._say(
                {
                    "issuer": own,
                    "authorization_endpoint": f"{own}/authorize",
                    "token_endpoint": f"{own}/token",
                    "userinfo_endpoint": f"{own}/userinfo",
                    "jwks_uri": f"{own}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        else:
            self._say(self.server.claims)

    def do_POST(self) -> None:
        own = f"http://127.0.0.1:{self.server.server_port}"
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked = parse_qs(body)
        told = {"iss": own, "aud": "ngoma", "exp": time.time() + 60, "iat": time.time()}
        token = jwt.encode(told | self.server.claims, "k" * 32, algorithm="HS256")
        self._say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _say(self, value: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(msgspec.json.encode(value))

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    server = Provider(("127.0.0.1", 0), Speaks)
    server.claims = {"sub": "42", "email": "Aisha@city.example", "email_verified": True}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.NGOMA_OIDC_URL = f"http://127.0.0.1:{server.server_port}"
    app = {
        "provider_id": "city", "name": "City hall", "client_id": "ngoma", "secret": "s",
        "settings": {"server_url": settings.NGOMA_OIDC_URL},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    yield server
    server.shutdown()


@pytest.fixture
def aisha(town: Book) -> User:
    user = User.objects.create_user("aisha", email="aisha@city.example")
    Membership.objects.create(user=user, city_id=town.id, role="triager")
    return user


def come(client: Client, **answer: str) -> Any:
    """Press the button, and come back from the provider with its answer."""
    away = client.get(LOGIN, {"next": "/desk/small/"})
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    given = {"code": "c", "state": asked["state"][0]} | answer
    return client.get(f"{LOGIN}callback/", given)


def test_who_is_known_comes_in_by_their_address_then_by_the_providers_id(
    provider: Provider, aisha: User
) -> None:
    client = Client(SERVER_NAME="localhost")
    assert "Single sign-on" in client.get("/desk/login/").content.decode()
    assert come(client)["Location"] == "/desk/small/"
    assert client.get("/desk/small/").status_code == 200
    assert "code_verifier" in provider.asked
    provider.claims = {"sub": "42", "email": "married@city.example", "email_verified": True}
    again = Client(SERVER_NAME="localhost")
    come(again)
    assert again.get("/desk/small/").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@city.example", "email_verified": True},
        {"email": "aisha@city.example", "email_verified": False},
        {"email": "aisha@city.example", "email_verified": "true"},
        {"email": "aisha@city.example"},
        {},
    ],
)
def test_others_stay_outside_and_nobody_is_added(
    provider: Provider, aisha: User, claims: dict[str, Any]
) -> None:
    provider.claims = {"sub": "43"} | claims
    client = Client(SERVER_NAME="localhost")
    answer = come(client)
    assert answer["Location"] == "/desk/login/"
    assert client.get("/desk/small/").status_code == 302
    assert "did not tell us who you are" in client.get("/desk/login/").content.decode()
    assert User.objects.count() == 1


def test_who_has_left_or_shares_an_address_stays_outside(provider: Provider, aisha: User) -> None:
    client = Client(SERVER_NAME="localhost")
    User.objects.create_user("double", email="AISHA@city.example")
    come(client)
    assert client.get("/desk/small/").status_code == 302
    User.objects.filter(username="double").delete()
    User.objects.update(is_active=False)
    come(client)
    assert client.get("/desk/small/").status_code == 302


def test_an_answer_that_was_not_asked_for_is_refused(provider: Provider, aisha: User) -> None:
    client = Client(SERVER_NAME="localhost")
    come(client, state="forged")
    assert client.get("/desk/small/").status_code == 302
    client.get(f"{LOGIN}callback/", {"error": "access_denied"})
    assert client.get("/desk/small/").status_code == 302


def test_there_is_no_button_where_no_provider_is_set(town: Book) -> None:
    client = Client(SERVER_NAME="localhost")
    assert "or with a password" not in client.get("/desk/login/").content.decode()
    assert client.get(LOGIN).status_code == 404
