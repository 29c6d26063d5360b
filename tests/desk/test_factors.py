"""The second factor, where somebody is signed in, and who looked at personal data."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.cities.book import Book
from ngoma.people.sessions import device
from ngoma.records.models import Case, City, Membership, PersonalRead, Photo, SignIn, User
from ngoma.records.queries.photos import inside_url
from ngoma.settings import staff
from tests.intake.pictures import encoded, scene

PASSWORD = "a drum of wood"
FACTORS = "/desk/account/2fa/"


@pytest.fixture
def aisha(town: Book) -> User:
    user = User.objects.create_user("aisha", password=PASSWORD)
    Membership.objects.create(user=user, city_id=town.id, role="supervisor")
    return user


def enter(password: str = PASSWORD, **more: Any) -> tuple[Client, Any]:
    client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT="Mozilla/5.0 (Windows) Firefox/130")
    form = {"username": "aisha", "password": password, "next": "/desk/small/"} | more
    return client, client.post("/desk/login/", form)


def code(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(client: Client) -> str:
    """Set an authenticator app up, as its owner does; its secret."""
    client.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    page = client.get(f"{FACTORS}totp/activate/").content.decode()
    secret = page.split('id="authenticator_secret"')[1].split('value="')[1].split('"')[0]
    answer = client.post(f"{FACTORS}totp/activate/", {"code": code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def test_who_has_a_second_factor_is_asked_for_it(aisha: User) -> None:
    client, entered = enter()
    assert entered["Location"] == "/desk/small/"
    secret = enrol(client)
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    other, answer = enter()
    assert answer["Location"].startswith(f"{FACTORS}authenticate/")
    assert other.get("/desk/small/").status_code == 302  # not in yet
    assert other.post(answer["Location"], {"code": "000000"}).status_code == 200
    assert other.get("/desk/small/").status_code == 302
    answer = other.post(answer["Location"], {"code": code(secret, steps=1)})
    assert answer["Location"] == "/desk/small/"
    assert other.get("/desk/small/").status_code == 200


def test_a_code_is_good_once(aisha: User) -> None:
    client, _ = enter()
    secret = enrol(client)
    good = code(secret, steps=1)
    for expected in (302, 200):
        other, answer = enter()
        assert other.post(answer["Location"], {"code": good}).status_code == expected


def test_a_code_is_remembered_by_every_web_process() -> None:
    """In the database, not in the memory of the process that saw it."""
    assert isinstance(caches["default"], DatabaseCache)


def test_a_recovery_code_is_good_once(aisha: User) -> None:
    client, _ = enter()
    enrol(client)
    client.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    client.post(f"{FACTORS}recovery-codes/generate/", {})
    page = client.get(f"{FACTORS}recovery-codes/download/").content.decode()
    recovery = page.split()[0]
    for expected in (302, 200):
        other, answer = enter()
        assert other.post(answer["Location"], {"code": recovery}).status_code == expected


def test_a_second_factor_can_be_demanded(aisha: User, settings: Any) -> None:
    settings.NGOMA_SECOND_FACTOR = ("supervisor", "administrator")
    client, _ = enter()
    for page in ("/desk/small/", "/desk/small/work/", "/desk/", "/admin/"):
        assert client.get(page)["Location"].startswith(FACTORS), page
    assert client.post("/desk/small/cases/SML000001/note/").status_code == 302
    enrol(client)
    assert client.get("/desk/small/").status_code == 200


def test_it_is_demanded_of_the_named_roles_alone(
    at_work: Callable[..., Client], settings: Any
) -> None:
    settings.NGOMA_SECOND_FACTOR = ("administrator",)
    assert at_work("triager").get("/desk/small/").status_code == 200
    settings.NGOMA_SECOND_FACTOR = ("all",)
    assert at_work("triager").get("/desk/small/").status_code == 302


def test_the_settings_have_no_door_of_their_own(aisha: User, settings: Any) -> None:
    User.objects.filter(pk=aisha.pk).update(is_staff=True, is_superuser=True)
    stranger = Client(SERVER_NAME="localhost")
    answer = stranger.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/desk/login/?next=/admin/"
    form = {"username": "aisha", "password": PASSWORD}
    assert stranger.post("/admin/login/", form).status_code == 405
    client, _ = enter()
    enrol(client)
    other, answer = enter(next="/admin/")
    assert other.get("/admin/").status_code == 302


def test_a_lost_factor_is_reset_by_command(aisha: User) -> None:
    client, _ = enter()
    enrol(client)
    staff.reset_factor("aisha")
    assert client.get("/desk/small/").status_code == 302  # signed out everywhere
    _other, answer = enter()
    assert answer["Location"] == "/desk/small/"
    with pytest.raises(staff.StaffError):
        staff.reset_factor("nobody")


def test_factors_are_not_changed_by_who_finds_a_screen_unlocked(aisha: User) -> None:
    client, _ = enter()
    enrol(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    answer = client.get(f"{FACTORS}totp/deactivate/")
    assert "reauthenticate" in answer["Location"]


def test_sessions_are_listed_and_ended(aisha: User) -> None:
    first, _ = enter()
    second, _ = enter()
    page = first.get("/desk/account/sessions/").content.decode()
    assert page.count("Firefox, Windows") == 2
    other = SignIn.objects.exclude(session=first.session.session_key).get()
    first.post("/desk/account/sessions/end/", {"seat": other.pk})
    assert second.get("/desk/small/").status_code == 302
    assert first.get("/desk/small/").status_code == 200
    enter()
    first.post("/desk/account/sessions/end/")
    assert SignIn.objects.get().session == first.session.session_key
    assert staff.sign_out("aisha") == 1
    assert first.get("/desk/small/").status_code == 302


@pytest.mark.parametrize(
    "page",
    [
        *("sessions/", "password/change/", "2fa/", "2fa/totp/activate/", "2fa/recovery-codes/"),
        *("2fa/webauthn/", "2fa/webauthn/add/", "reauthenticate/", "2fa/totp/deactivate/"),
    ],
)
def test_a_stranger_reaches_no_page_of_an_account(town: Book, page: str) -> None:
    client = Client(SERVER_NAME="localhost")
    assert client.get(f"/desk/account/{page}")["Location"].startswith("/desk/")
    assert client.post(f"/desk/account/{page}").status_code in (302, 405)


def test_a_session_is_found_and_ended_after_a_new_password(
    aisha: User, at_work: Callable[..., Client]
) -> None:
    client, _ = enter()
    other = "a drum of clay"
    form = {"oldpassword": PASSWORD, "password1": other, "password2": other}
    assert client.post("/desk/account/password/change/", form).status_code == 302
    assert client.get("/desk/small/").status_code == 200
    lead = at_work("administrator")
    assert "1 device" in lead.get("/desk/small/people/").content.decode()
    lead.post("/desk/small/people/sign-out/", {"person": aisha.pk})
    assert client.get("/desk/small/").status_code == 302


def test_a_seat_tells_when_somebody_was_last_there(aisha: User) -> None:
    client, _ = enter()
    with frozen(now() + timedelta(minutes=30)):
        client.get("/desk/small/")
        assert now() - SignIn.objects.get().seen_at < timedelta(minutes=11)


def test_nobody_ends_the_session_of_somebody_else(
    aisha: User, at_work: Callable[..., Client]
) -> None:
    client, _ = enter()
    seat = SignIn.objects.get()
    at_work("administrator").post("/desk/account/sessions/end/", {"seat": seat.pk})
    assert client.get("/desk/small/").status_code == 200


def test_a_session_from_before_the_factor_has_to_show_it(aisha: User, settings: Any) -> None:
    settings.NGOMA_SECOND_FACTOR = ("supervisor",)
    older, _ = enter()
    newer, _ = enter()
    secret = enrol(newer)
    assert newer.get("/desk/small/").status_code == 200
    for page in ("/desk/small/", "/desk/small/cases/SML000001/", "/admin/"):
        assert older.get(page)["Location"].startswith(f"{FACTORS}reauthenticate/"), page
    address = older.get("/desk/small/")["Location"]
    assert older.post(address, {"code": "000000"}).status_code == 200
    assert older.get("/desk/small/").status_code == 302
    assert older.post(address, {"code": code(secret, steps=1)})["Location"] == "/desk/small/"
    assert older.get("/desk/small/").status_code == 200


def test_a_password_alone_is_no_factor(aisha: User, settings: Any) -> None:
    """Who knows the password and signed in before can neither enter nor change the factor."""
    settings.NGOMA_SECOND_FACTOR = ("supervisor",)
    thief, _ = enter()
    owner, _ = enter()
    enrol(owner)
    thief.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    assert thief.get("/desk/small/").status_code == 302
    thief.post(f"{FACTORS}totp/deactivate/", {})
    assert Authenticator.objects.filter(user=aisha, type="totp").exists()


def test_a_photo_taken_back_is_shown_to_who_may_see_its_case(
    aisha: User, at_work: Callable[..., Client], told: Callable[..., Case], settings: Any
) -> None:
    photo = told(photos=(encoded(scene(), "JPEG"),)).reports.get().photos.get()
    Photo.objects.filter(pk=photo.pk).update(public=False)
    address = inside_url(photo.name, "small")
    assert Client(SERVER_NAME="localhost").get(address).status_code == 404
    client, _ = enter()
    assert client.get(address).status_code == 200
    settings.NGOMA_SECOND_FACTOR = ("supervisor",)
    assert client.get(address).status_code == 404, "a stranger, while the factor was not shown"
    settings.NGOMA_SECOND_FACTOR = ()
    Membership.objects.filter(user=aisha).delete()
    assert client.get(address).status_code == 404


def looked(client: Client, case: Case, purpose: str = "call-back") -> None:
    report = case.reports.get()
    address = f"/desk/small/cases/{case.reference}/contact/{report.pk}/"
    client.post(address, {"purpose": purpose})


def test_looks_are_shown_to_auditors(
    at_work: Callable[..., Client], coordinator: Client, told: Callable[..., Case]
) -> None:
    looked(coordinator, told(phone="+256700000001"))
    auditor = at_work("auditor")
    page = auditor.get("/desk/small/looks/").content.decode()
    assert page.count("<td>To call or write back") == 1
    assert "+256" not in page
    user = PersonalRead.objects.get().user_id
    for asked, found in (
        ({"person": user}, True),
        ({"person": user + 1}, False),
        ({"purpose": "call-back", "since": "2020-01-01", "until": "2099-12-31"}, True),
        ({"purpose": "identity"}, False),
        ({"since": "2099-01-01"}, False),
        ({"until": "2020-01-01"}, False),
        ({"since": "nonsense", "until": "9999-12-31", "purpose": "x", "person": "y"}, True),
    ):
        page = auditor.get("/desk/small/looks/", asked).content.decode()
        assert ("Nobody has looked" not in page) == found, asked
    file = auditor.get("/desk/small/looks/", {"csv": 1}).content.decode()
    assert file.splitlines()[1].split(",")[2:] == [
        "call-back",
        str(PersonalRead.objects.get().contact_id),
    ]
    assert coordinator.get("/desk/small/looks/").status_code == 403


def test_looks_belong_to_the_city_of_whom_was_looked_at(
    at_work: Callable[..., Client], coordinator: Client, told: Callable[..., Case], town: Book
) -> None:
    looked(coordinator, told(phone="+256700000001"))
    assert PersonalRead.objects.get().city_id == town.id
    other = City.objects.exclude(pk=town.id).first() or _copy(City.objects.get(pk=town.id))
    PersonalRead.objects.update(city=other)
    assert "Nobody has looked" in at_work("auditor").get("/desk/small/looks/").content.decode()


def _copy(city: Any) -> Any:
    city.pk, city.slug, city.prefix = None, "elsewhere", "ELS"
    city.save()
    return city


def test_an_administrator_signs_colleagues_out(
    aisha: User, at_work: Callable[..., Client], town: Book
) -> None:
    client, _ = enter()
    enter()
    lead = at_work("administrator")
    page = lead.get("/desk/small/people/").content.decode()
    assert "2 devices" in page
    assert "Supervisor" in page
    lead.post("/desk/small/people/sign-out/", {"person": aisha.pk})
    assert client.get("/desk/small/").status_code == 302
    assert lead.get("/desk/small/people/").status_code == 200, "one's own session goes on"
    stranger = User.objects.create_user("stranger", password=PASSWORD)
    for person in (stranger.pk, 0, "x"):
        answer = lead.post("/desk/small/people/sign-out/", {"person": person})
        assert answer.status_code == 404
    for role in ("coordinator", "supervisor", "auditor"):
        assert at_work(role).get("/desk/small/people/").status_code == 403
        answer = at_work(role).post("/desk/small/people/sign-out/", {"person": aisha.pk})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Linux; Android 10) AppleWebKit Chrome/90 Mobile Safari", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge, Windows"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named(agent: str, shown: str) -> None:
    assert device(agent) == shown
