"""Public copies of photos: made by the worker, with faces blurred, and by nobody else before."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from ngoma.base.clock import now
from ngoma.casework import redacting
from ngoma.casework.errors import BadRequest
from ngoma.cities.book import Book
from ngoma.intake import blurring, faces, photos
from ngoma.intake.submit import submit
from ngoma.people.permissions import SYSTEM
from ngoma.records.models import Event, Job, Photo
from ngoma.records.queries.photos import SIZES, inside_path, inside_url, public_path, url
from ngoma.records.queries.stories import story
from ngoma.work.worker import run_until_idle
from tests.intake import told
from tests.intake.pictures import encoded, scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

FACE = (Path(__file__).parents[1] / "data" / "astronaut.jpg").read_bytes()
"""NASA's portrait of Eileen Collins; her face is at 84–162, 70–170 of 280 by 300 pixels."""
ON_FACE = (84, 70, 162, 170)


def picture(path: str) -> Image.Image:
    with default_storage.open(path) as file:
        return Image.open(io.BytesIO(file.read())).convert("RGB")


def detail(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """How much neighbouring pixels differ."""
    grey = np.asarray(image.convert("L").crop(box), float)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


def public(photo: Photo, size: str = "large") -> Image.Image:
    return picture(public_path(f"{photo.name}-{photo.edition}", size))


def test_a_face_is_blurred_before_anything_is_public(town: Book) -> None:
    reference = submit(told(town, photos=(FACE,))).report.reference
    photo, reader = Photo.objects.get(), Client(SERVER_NAME="localhost")
    known = story(reference)
    assert known is not None
    assert known.photos == []
    for size in SIZES:
        assert not default_storage.exists(public_path(photo.name, size))
        assert reader.get(url(photo.name, size)).status_code == 404
        assert reader.get(inside_url(photo.name, size)).status_code == 404
    assert photo.name not in reader.get(f"/small/r/{reference}").content.decode()
    run_until_idle()
    photo.refresh_from_db()
    shown = f"{photo.name}-{photo.edition}"
    assert url(shown) in reader.get(f"/small/r/{reference}").content.decode()
    answer = reader.get(url(shown))
    assert (answer.status_code, "immutable" in answer["Cache-Control"]) == (200, True)
    before, after = picture(inside_path(photo.name, "large")), public(photo)
    assert detail(after, ON_FACE) < detail(before, ON_FACE) / 2
    assert detail(after, (0, 200, 60, 300)) > detail(before, (0, 200, 60, 300)) * 0.8, "no more"
    assert detail(public(photo, "small"), ON_FACE) < detail(before, ON_FACE) / 2


def test_who_sends_a_photo_sees_it_while_it_belongs_to_no_report(town: Book) -> None:
    photo, reader = photos.store(FACE), Client(SERVER_NAME="localhost")
    answer = reader.get(inside_url(photo.name, "small"))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    submit(told(town, kept=(photo.name,)))
    assert reader.get(inside_url(photo.name, "small")).status_code == 404
    assert reader.get("/media/inside/nothing-480.jpg").status_code == 404
    assert reader.get(f"/media/inside/{photo.name}-999.jpg").status_code == 404


def test_a_person_says_what_is_blurred(town: Book) -> None:
    case = submit(told(town, photos=(FACE,))).case
    run_until_idle()
    photo = Photo.objects.get()
    found, first = photo.blurs, f"{photo.name}-{photo.edition}"
    assert found
    for areas in ([], [[0, 0, 500, 500]], found):
        said: dict[str, Any] = {"actor": SYSTEM, "case_id": case.pk, "photo_id": photo.pk}
        redacting.blur_photo(**said, areas=areas)
        photo.refresh_from_db()
        assert photo.edition is None, "what was public is taken back at once"
        run_until_idle()
        photo.refresh_from_db()
        sharp = detail(picture(inside_path(photo.name, "large")), ON_FACE)
        assert (detail(public(photo), ON_FACE) > sharp * 0.8) == (areas == [])
    assert not default_storage.exists(public_path(first, "large"))
    story_of = Event.objects.filter(case=case, kind="redacted")
    assert [event.data["blurs"] for event in story_of] == [[], [[0, 0, 500, 500]], found]
    for bad in ([[0, 0, 1001, 1]], [[0, 0, 0, 5]], [[1, 2, 3]], [[0, 0, 1, 1]] * 201):
        with pytest.raises(BadRequest):
            redacting.blur_photo(**said, areas=bad)
    with pytest.raises(BadRequest):
        redacting.blur_photo(**said | {"photo_id": photos.store(FACE).pk}, areas=[])


def test_what_the_machine_finds_does_not_undo_what_a_person_said_meanwhile(
    town: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = submit(told(town, photos=(FACE,))).case
    photo = Photo.objects.get()

    def look(_: Image.Image) -> list[faces.Area]:
        redacting.blur_photo(
            actor=SYSTEM, case_id=case.pk, photo_id=photo.pk, areas=[[0, 0, 1000, 1000]]
        )
        return []

    monkeypatch.setattr(faces, "find", look)
    blurring.blur(photo.pk)
    photo.refresh_from_db()
    assert (photo.blurs, photo.edition) == ([[0, 0, 1000, 1000]], None)
    run_until_idle()
    photo.refresh_from_db()
    assert photo.blurs == [[0, 0, 1000, 1000]]
    assert photo.edition


def test_where_nothing_can_look_a_photo_waits_for_a_person(
    town: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "available", lambda: False)
    case = submit(told(town, photos=(FACE,))).case
    run_until_idle()
    photo = Photo.objects.get()
    assert (photo.edition, photo.blurs, Job.objects.count()) == (None, None, 0)
    Photo.objects.update(added_at=now() - timedelta(days=1))
    assert blurring.blur_waiting() == 0
    redacting.blur_photo(actor=SYSTEM, case_id=case.pk, photo_id=photo.pk, areas=[])
    run_until_idle()
    photo.refresh_from_db()
    assert photo.edition


def test_a_photo_that_cannot_be_read_waits_for_a_person_and_is_not_tried_for_ever(
    town: Book,
) -> None:
    submit(told(town, photos=(FACE, encoded(scene(), "JPEG"))))
    gone, broken = Photo.objects.order_by("pk")
    default_storage.delete(inside_path(gone.name, "large"))
    with default_storage.open(inside_path(broken.name, "large"), "wb") as file:
        file.write(b"no picture")
    run_until_idle()
    assert list(Photo.objects.values_list("edition", "blurs")) == [(None, []), (None, [])]
    Photo.objects.update(added_at=now() - timedelta(days=1))
    assert blurring.blur_waiting() == 0


def test_photos_of_an_older_version_are_worked_off(town: Book) -> None:
    submit(told(town, photos=(FACE,)))
    photo = Photo.objects.get()
    for size in SIZES:  # as it kept them
        with default_storage.open(inside_path(photo.name, size)) as file:
            default_storage.save(public_path(photo.name, size), file)
        default_storage.delete(inside_path(photo.name, size))
    Job.objects.all().delete()
    assert Client(SERVER_NAME="localhost").get(url(photo.name)).status_code == 404
    assert blurring.blur_waiting() == 0, "one that just came has a job"
    Photo.objects.update(added_at=now() - timedelta(days=1), likeness=None)
    assert blurring.blur_waiting() == 1
    photo.refresh_from_db()
    assert photo.edition
    assert photo.likeness is not None
    for size in SIZES:
        assert default_storage.exists(inside_path(photo.name, size))
        assert not default_storage.exists(public_path(photo.name, size))


def test_nothing_of_a_blurred_area_can_be_told() -> None:
    """Two pictures whose areas differ in detail alone look the same, blurred."""
    fine, other = Image.new("RGB", (240, 240), "white"), Image.new("RGB", (240, 240), "white")
    dots = np.indices((240, 240)).sum(axis=0) % 2 * 255
    fine.paste(Image.fromarray(dots.astype(np.uint8)))
    other.paste(Image.fromarray((255 - dots).astype(np.uint8)))
    areas = [[250, 250, 500, 500]]
    inside = (64, 64, 176, 176)
    pair = [np.asarray(blurring.blurred(each, areas).crop(inside), int) for each in (fine, other)]
    assert np.abs(pair[0] - pair[1]).max() <= 2
    assert np.asarray(fine.crop(inside)).std() > 100


def test_a_face_is_found_and_where_nobody_is_nothing_is() -> None:
    portrait = Image.open(io.BytesIO(FACE)).convert("RGB")
    found = faces.find(portrait)
    left, top, right, bottom = ON_FACE
    middle = (left + right) / 2 / portrait.width, (top + bottom) / 2 / portrait.height
    assert any(
        x <= middle[0] * 1000 <= x + w and y <= middle[1] * 1000 <= y + h for x, y, w, h in found
    )
    for x, y, w, h in found:
        assert 0 <= x < x + w <= 1000
        assert 0 <= y < y + h <= 1000
    assert faces.find(Image.new("RGB", (640, 480), (70, 70, 75))) == []
    assert faces.find(Image.new("RGB", (1, 1))) == []
    assert faces.find(Image.new("RGB", (1600, 3))) == []
