"""Coming in: the login, its patience, the choice of city and language."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import Membership, User
from ngoma.records.sql.statements import fetch


def _try(client: Client, name: str, password: str, **more: Any) -> Any:
    return client.post("/desk/login/", {"username": name, "password": password}, **more)


def test_a_member_of_staff_comes_in_and_goes_out(town: Book) -> None:
    user = User.objects.create_user("aisha", password="a drum of wood")
    Membership.objects.create(user=user, city_id=town.id, role="triager")
    client = Client(SERVER_NAME="localhost")
    page = client.get("/desk/small/")
    assert _try(client, "aisha", "wrong").status_code == 200
    entered = client.post(page["Location"], {"username": "aisha", "password": "a drum of wood",
                                             "next": "/desk/small/"})  # fmt: skip
    assert entered["Location"] == "/desk/small/"
    assert client.get("/desk/")["Location"] == "/desk/small/"
    client.post("/desk/logout/")
    assert client.get("/desk/small/").status_code == 302


def test_the_login_leads_nowhere_else(town: Book) -> None:
    User.objects.create_user("aisha", password="a drum of wood")
    form = {"username": "aisha", "password": "a drum of wood", "next": "https://evil.example/"}
    answer = Client(SERVER_NAME="localhost").post("/desk/login/", form)
    assert answer["Location"] == "/desk/"


def test_ten_wrong_passwords_make_an_account_wait(town: Book) -> None:
    User.objects.create_user("aisha", password="a drum of wood")
    client = Client(SERVER_NAME="localhost")
    for number in range(10):
        answer = _try(client, "aisha", "wrong", REMOTE_ADDR=f"192.0.2.{number}")
        assert "not right" in answer.content.decode()
    answer = _try(client, "Aisha", "a drum of wood", REMOTE_ADDR="192.0.2.99")
    assert "wait ten minutes" in answer.content.decode()
    kept = fetch("SELECT * FROM records_cache")
    assert len(kept) > 10
    assert "192.0.2" not in str(kept)
    assert "aisha" not in str(kept)


def test_ten_wrong_passwords_make_a_sender_wait(town: Book) -> None:
    User.objects.create_user("aisha", password="a drum of wood")
    client = Client(SERVER_NAME="localhost")
    for number in range(10):
        _try(client, f"guess{number}", "wrong")
    assert "wait ten minutes" in _try(client, "aisha", "a drum of wood").content.decode()
    assert _try(client, "aisha", "a drum of wood", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_the_language_of_the_desk_is_chosen_once(at_work: Callable[..., Client]) -> None:
    client = at_work("triager", language="")
    in_browsers = client.get("/desk/small/", headers={"Accept-Language": "fr, ko;q=0.8, en;q=0.5"})
    assert '<html lang="ko" dir="ltr">' in in_browsers.content.decode()
    answer = client.post("/desk/language/", {"language": "lg", "next": "/desk/small/work/"})
    assert answer["Location"] == "/desk/small/work/"
    assert '<html lang="lg" dir="ltr">' in client.get("/desk/small/").content.decode()


def test_who_works_nowhere_is_told(town: Book) -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("nobody"))
    assert "no work here yet" in client.get("/desk/").content.decode()


def test_guesses_under_other_names_push_none_out(town: Book) -> None:
    User.objects.create_user("aisha", password="a drum of wood")
    client = Client(SERVER_NAME="localhost")
    for number in range(10):
        _try(client, "aisha", "wrong", REMOTE_ADDR=f"192.0.2.{number}")
    for number in range(400):
        _try(client, f"guess{number}", "wrong", REMOTE_ADDR=f"10.{number // 250}.{number % 250}.1")
    answer = _try(client, "aisha", "a drum of wood", REMOTE_ADDR="192.0.2.99")
    assert "wait ten minutes" in answer.content.decode()
