"""Files good and bad: what is taken, what is listed and why, what happens the second time."""

import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.casework import rebuild
from ngoma.cities.book import Book
from ngoma.intake.history import importing
from ngoma.intake.history.importing import BATCH, Summary
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.history.sources import SourceError
from ngoma.people import vault
from ngoma.records.models import Case, Contact, Report, Service
from tests.intake.history import cases, kept


def request(key: str = "", **said: Any) -> dict[str, Any]:
    """A row in Open311's fields, sound unless something else is said."""
    sound = {"service_request_id": key, "requested_datetime": "2020-05-04T10:00:00Z"}
    return sound | {"service_code": "pothole", "status": "open"} | said


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "requests.jsonl"


def rejects(path: Path) -> dict[int, str]:
    """Reasons by row, as listed beside the file."""
    beside = path.with_name(path.name + ".rejected.csv")
    with beside.open(encoding="utf-8", newline="") as lines:
        return {int(row["row"]): row["reason"] for row in csv.DictReader(lines)}


def counts(summary: Summary) -> tuple[int, int, int]:
    return summary.added, summary.known, summary.rejected


@pytest.mark.parametrize("form", ["lines", "array", "wrapped", "nested", "gzip", "bom", "csv"])
def test_every_form_of_a_file_says_the_same(form: str, town: Book, tmp_path: Path) -> None:
    rows = [
        request(str(number), description=f"Hole, “{number}”\nby the gate") for number in range(3)
    ]
    texts = {
        "lines": "\n".join(map(json.dumps, rows)),
        "array": json.dumps(rows, indent=1),
        "wrapped": json.dumps({"service_requests": rows}),
        "nested": json.dumps({"service_requests": {"request": rows}}),
        "gzip": json.dumps(rows),
        "bom": "\ufeff" + json.dumps(rows),
    }
    path = tmp_path / "requests"
    if form == "csv":
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows[0], delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
    else:
        data = texts[form].encode()
        path.write_bytes(gzip.compress(data) if form == "gzip" else data)
    assert counts(importing.run(path, town, Mapping())) == (3, 0, 0)
    assert list(kept(town)) == rows


def test_an_interrupted_import_goes_on_where_it_stopped(town: Book, file: Path) -> None:
    write(file, *(request(str(number)) for number in range(2 * BATCH + 5)))

    def stop(done: int, size: int, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.run(file, town, Mapping(), progress=stop)
    assert Report.objects.count() == BATCH
    assert counts(importing.run(file, town, Mapping())) == (BATCH + 5, BATCH, 0)


def test_progress_reaches_the_end_of_the_file(town: Book, file: Path) -> None:
    write(file, request("1"))
    heard: list[tuple[int, int, int]] = []
    importing.run(file, town, Mapping(), progress=lambda *told: heard.append(told))
    size = file.stat().st_size
    assert heard == [(size, size, 1)]


def test_another_origin_has_its_own_ids(town: Book, file: Path) -> None:
    write(file, request("1"))
    importing.run(file, town, Mapping(origin="a"))
    assert counts(importing.run(file, town, Mapping(origin="b"))) == (1, 0, 0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (request("1", requested_datetime="yesterday"), "requested_datetime: not a date"),
        (request("1", requested_datetime=None), "no requested_datetime"),
        (request("1", closed_date="2020-13-01"), "closed_date: "),
        (request("1", status="parked"), "unknown status 'parked'"),
        (request("i" * 129), "the id is longer than 128"),
        (request("0"), "the id 0 stood in an earlier row"),
        (request("1", description="\ud800"), "cannot be stored"),
    ],
)
def test_a_bad_row_is_listed_and_the_others_are_taken(
    bad: dict[str, Any], reason: str, town: Book, file: Path
) -> None:
    write(file, request("0"), bad, request("2"))
    assert counts(importing.run(file, town, Mapping())) == (2, 0, 1)
    listed = rejects(file)
    assert listed.keys() == {2}
    assert reason in listed[2]


def test_the_list_of_rejects_is_that_of_the_last_import(town: Book, file: Path) -> None:
    write(file, request("1", status="parked"))
    importing.run(file, town, Mapping())
    known = Mapping(status={"parked": "in_progress"})
    assert counts(importing.run(file, town, known)) == (1, 0, 0)
    assert Case.objects.get().state == "in_progress"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("data", "added", "listed"),
    [
        (b"{}\n{]\nnull\n", 0, {1, 2, 3}),
        (b'[{"requested_datetime": "2020-05-04"}, 7, {"a": ', 1, {2, 3}),
        (b"requested_datetime,status\n2020-05-04,open\n2020-05-05\n\n2020-05-06,open\n", 2, {3}),
        (b'requested_datetime,address\n2020-05-04,"here\n', 0, {2}),
        (b"requested_datetime,address\n2020-05-04,caf\xe9\n2020-05-05,ok\n", 1, {2}),
    ],
)
def test_broken_files_give_what_they_can(
    data: bytes, added: int, listed: set[int], town: Book, file: Path
) -> None:
    file.write_bytes(data)
    assert counts(importing.run(file, town, Mapping())) == (added, 0, len(listed))
    assert rejects(file).keys() == listed


def test_a_packed_file_that_breaks_off_keeps_what_came_before(town: Book, file: Path) -> None:
    rows = (request(str(number), description=str(hash((number, "x")))) for number in range(4000))
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    file.write_bytes(whole[: len(whole) * 3 // 4])
    summary = importing.run(file, town, Mapping())
    assert summary.added > 2000
    assert summary.rejected >= 1
    assert any("broken from here on" in reason for reason in rejects(file).values())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column requested_datetime"),
        (b"when,what\n1,2\n", "no column requested_datetime, but when,"),
        (b"requested_datetime,a,a\n", "same name"),
        (b"PK\x03\x04\x00\x01", "neither JSON nor CSV"),
    ],
)
def test_a_file_of_something_else_is_refused(
    data: bytes, says: str, town: Book, file: Path
) -> None:
    file.write_bytes(data)
    with pytest.raises(SourceError, match=says):
        importing.run(file, town, Mapping())


@pytest.mark.parametrize(
    ("lat", "lon", "place"),
    [
        (0.15, 32.05, True),
        ("0.15", "32.05", True),
        (60.2, 24.9, False),
        (0, 0, None),
        (None, 32.0, None),
        ("north", "west", None),
        (91, 10, None),
    ],
)
def test_positions_stay_as_recorded(
    lat: Any, lon: Any, place: bool | None, town: Book, file: Path
) -> None:
    row = request("1", lat=lat, long=lon)
    assert counts(importing.run(write(file, row), town, Mapping())) == (1, 0, 0)
    case = Case.objects.get()
    if place is None:
        assert (case.lat, case.lon, case.quad) == (None, None, None)
    else:
        assert (case.lat, case.lon) == (float(lat), float(lon))
    assert (case.place_id is not None) == bool(place)
    assert next(kept(town)) == {key: value for key, value in row.items() if value is not None}


def test_times_without_a_zone_are_the_city_s(town: Book, file: Path) -> None:
    write(file, request("1", requested_datetime="2020-05-04 10:00"))
    importing.run(file, town, Mapping())
    assert Case.objects.get().opened_at == datetime(2020, 5, 4, 7, tzinfo=UTC)


def test_dates_are_read_as_the_mapping_says(town: Book, file: Path) -> None:
    write(file, request("1", requested_datetime="05/04/2020 01:30 PM"))
    importing.run(file, town, Mapping(date_format="%m/%d/%Y %I:%M %p"))
    assert Case.objects.get().opened_at == datetime(2020, 5, 4, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "state", "ended"),
    [
        ({"status": "closed", "updated_datetime": "2020-05-06T10:00:00Z"}, "closed", 6),
        ({"status": "closed", "closed_date": "", "updated_datetime": "2020-05-06"}, "closed", None),
        ({"status": "", "closed_date": "2020-05-07T10:00:00Z"}, "closed", 7),
        ({"status": "Rejected", "updated_datetime": "2020-05-06T10:00:00Z"}, "rejected", 6),
        ({"status": "open", "updated_datetime": "2020-05-06T10:00:00Z"}, "accepted", None),
        ({"status": "closed"}, "closed", None),
    ],
)
def test_states_and_their_ends(
    said: dict[str, str], state: str, ended: int | None, town: Book, file: Path
) -> None:
    importing.run(write(file, request("1", **said)), town, Mapping())
    case = Case.objects.get()
    assert case.state == state
    assert (case.closed_at and case.closed_at.day) == ended
    assert case.resolved_at == (case.closed_at if state == "closed" else None)
    assert rebuild.rebuild(lambda done: None) == 0


def test_services_are_found_by_mapping_code_and_name(town: Book, file: Path) -> None:
    said = [
        {"service_code": "P1"},
        {"service_code": "light"},
        {"service_code": "", "service_name": "  street LIGHT "},
        {"service_code": "", "service_name": "Jambo jingine"},
        {"service_code": ""},
    ]
    write(file, *(request(str(number), **each) for number, each in enumerate(said)))
    summary = importing.run(file, town, Mapping(services={"P1": "pothole"}))
    found = [case.service and case.service.code for _, case in sorted(cases(town).items())]
    assert found == ["pothole", "light", "light", "else", None]
    assert summary.services == {}


def test_an_unknown_service_is_kept_and_offered_to_nobody(town: Book, file: Path) -> None:
    write(file, *(request(str(n), service_code="Noise/Dogs", service_name="Dogs") for n in (1, 2)))
    assert importing.run(file, town, Mapping()).services == {"noise-dogs": "Dogs"}
    service = Service.objects.get(city=town.id, code="noise-dogs")
    assert (service.group, service.retired, service.names) == ("recorded", True, {"en": "Dogs"})
    assert Case.objects.filter(service=service).count() == 2


def test_a_mapping_to_nothing_is_refused(town: Book, file: Path) -> None:
    with pytest.raises(SourceError, match="service that the city lacks: holes"):
        importing.run(write(file, request("1")), town, Mapping(services={"P1": "holes"}))


def test_addresses_go_into_the_vault_alone(town: Book, file: Path) -> None:
    who = {"email": "ann@example.org", "first_name": "Ann", "last_name": "Okello"}
    shut = {"status": "closed", "email": "bob@example.org", "extra": {"tel": "0772123456"}}
    mapping = Mapping(private=("extra.tel",))
    write(file, request("1", **who), request("2", **shut), request("3", email="nonsense"))
    summary = importing.run(file, town, mapping)
    assert summary.contacts_left == 2
    assert vault.reveal(Contact.objects.get()).name == "Ann Okello"
    assert Case.objects.get(reports__contact__isnull=False) == cases(town)["1"]
    everything = json.dumps(list(kept(town)))
    for private in ("ann@", "Okello", "bob@", "0772", "nonsense"):
        assert private not in everything


def test_words_become_public_without_what_is_private(town: Book, file: Path) -> None:
    words = "Call 0772 123456 about the hole"
    write(file, request("1", description=words, status_notes="We called 0772 123456"))
    importing.run(file, town, Mapping())
    report = Report.objects.get()
    assert report.words == words
    assert "0772" not in report.public_words
    event = report.case.events.get(kind="recorded")
    assert "0772" not in event.data["text"]
    assert event.data["source"]["status_notes"] == "We called 0772 123456"


def test_a_character_that_no_database_keeps_is_replaced(town: Book, file: Path) -> None:
    importing.run(write(file, request("1", note="a\0b")), town, Mapping())
    assert next(kept(town))["note"] == "a\ufffdb"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=4), below),
    max_leaves=4,
)
ROWS = st.dictionaries(
    st.sampled_from(["service_request_id", "requested_datetime", "status", "lat", "long", "x"]),
    VALUES | st.sampled_from(["2020-05-04", "open", "closed", "1", "2"]),
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, min_size=1, max_size=6))
def test_every_row_is_added_or_listed(rows: list[dict[str, Any]], town: Book, file: Path) -> None:
    with transaction.atomic():
        summary = importing.run(write(file, *rows), town, Mapping())
        assert summary.added + summary.rejected == len(rows)
        again = importing.run(file, town, Mapping())
        assert (again.added, again.known, again.rejected) == (0, summary.added, summary.rejected)
        assert rebuild.rebuild(lambda done: None) == 0
        transaction.set_rollback(True)
