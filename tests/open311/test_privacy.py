"""Tries to get private things out through every address."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ngoma.casework import deciding, merging, redacting, talking
from tests.intake.pictures import made_public
from tests.open311.conftest import KEY, Door, picture

ADDRESSES = (
    "requests", "requests?extensions=true", "requests?status=open,closed&page=1",
    "requests?updated_after=2000-01-01", "requests?bbox=-180,-90,180,90&extensions=true",
    "requests?lat=0.15&long=32.05&radius=100000", "services", "discovery",
    "servicerequestupdates",
)  # fmt: skip


def everything(door: Door, *references: str, **arguments: str) -> str:
    """All that can be read, in both formats."""
    paths = [*ADDRESSES, *(f"requests/{each}?extensions=true" for each in references)]
    found = []
    for path in paths:
        for form in ("json", "xml"):
            name, _, query = path.partition("?")
            more = "&".join(f"{key}={value}" for key, value in arguments.items())
            answer = door.client.get(f"/open311/v2/{name}.{form}?{query}&{more}")
            found.append(answer.content.decode() + str(answer.headers))
    return "\n".join(found)


def test_reporters_stay_unknown(door: Door, verbs: Callable[..., Any]) -> None:
    from ngoma.records.models import Report

    reference = door.report(
        "Call me at 0772 123456 or ana@example.org",
        service_code="light",
        address_string="With Ana, 0772 123456",
        email="ana@example.org",
        phone="+256772123456",
        first_name="Anastasia",
        last_name="Nakato",
        device_id="device-7",
        account_id="account-9",
        **{
            "attribute[depth]": "knee",
            "attribute[story]": "typed-answer",
            "attribute[pole]": "pole-P1",
        },
    )
    verbs(talking.note, reference, text="between-colleagues")
    verbs(deciding.accept, reference)
    report = Report.objects.get()
    for told in (everything(door, reference), everything(door, reference, api_key=KEY)):
        assert reference in told
        for private in (
            "772 123", "772123456", "ana@", "Anastasia", "Nakato", "device-7", "account-9",
            "typed-answer", "pole-P1", "between-colleagues", report.secret, KEY,
        ):  # fmt: skip
            assert private not in told, private


def test_private_services_are_not_told(door: Door, city: Any) -> None:
    from ngoma.people import apikeys

    fields = {"service_code": "violence", "address_string": "Third-house", "lat": "0.15432"}
    given = fields | {"long": "32.05678", "description": "hidden-words"}
    photo = SimpleUploadedFile("a.jpg", picture())
    (answer,) = door.post("requests", 200, media=photo, **given)
    reference = answer["service_request_id"]
    assert "not published" in answer["service_notice"]
    other = apikeys.create(city.pk, name="another app")
    public = everything(door, reference) + everything(door, reference, api_key=other)
    for private in ("Third-house", "hidden-words", "0.154", "32.056", "media/", '"TRY'):
        assert private not in public, private
    door.get(f"requests/{reference}", 404)
    assert door.get("requests") == []
    # Who sent it may follow it, and learns no more than before.
    own = everything(door, reference, api_key=KEY)
    assert reference in own
    for private in ("Third-house", "hidden-words", "0.154", "32.056", "public/"):
        assert private not in own, private
    (told,) = door.get(f"requests/{reference}", api_key=KEY)
    assert (told["status"], told["lat"], told["long"]) == ("open", 0.15, 32.06)


def test_a_service_made_private_hides_what_was_public(door: Door, city: Any) -> None:
    from ngoma.cities import book
    from ngoma.records.models import Service

    reference = door.report("hidden-words")
    assert "hidden-words" in everything(door, reference)
    Service.objects.filter(city=city, code="pothole").update(public=False)
    city.version += 1
    city.save()
    book.forget()
    assert "hidden-words" not in everything(door, reference)


def test_a_private_report_stays_so_in_a_public_case(door: Door, verbs: Callable[..., Any]) -> None:
    from ngoma.records.models import Report

    public = door.report("A hole")
    (answer,) = door.post(
        "requests", 200, service_code="violence", description="hidden-words",
        lat="0.15432", long="32.05678",
    )  # fmt: skip
    private = answer["service_request_id"]
    verbs(merging.merge, private, into=Report.objects.get(reference=public).case_id)
    told = everything(door, public, private)
    assert "0.154" not in told
    assert private not in told.replace("“" + private, "")


def test_redacted_words_and_photos_are_gone(door: Door, city: Any) -> None:
    from ngoma.people.permissions import SYSTEM
    from ngoma.records.models import Photo, Report

    photo = SimpleUploadedFile("a.jpg", picture())
    reference = door.report("My neighbour Okello did it", media=photo)
    report, shown = Report.objects.get(), Photo.objects.get()
    assert shown.name not in everything(door, reference), "until faces are blurred"
    made_public()
    assert shown.name in everything(door, reference)
    redacting.redact(actor=SYSTEM, report_id=report.pk, words="")
    redacting.hide_photo(actor=SYSTEM, case_id=report.case_id, photo_id=shown.pk)
    told = everything(door, reference)
    assert "Okello" not in told
    assert shown.name not in told


@pytest.mark.parametrize("path", ["requests/x", "services/x", "tokens/x", "x"])
def test_errors_repeat_little(door: Door, path: str) -> None:
    long = "y" * 5000
    answer = door.client.get(f"/open311/v2/{path}{long}.xml")
    assert answer.status_code == 404
    assert len(answer.content) < 500
    answer = door.client.get(
        f"/open311/v2/{path}<script>\x01\ud800.xml".encode("utf-8", "replace").decode()
    )
    assert b"<script>" not in answer.content
