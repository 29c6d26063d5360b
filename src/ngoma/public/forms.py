"""What the forms of a report bring: read into the draft, as typed, and photos stored."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from ngoma.intake import photos
from ngoma.intake.explaining import explain
from ngoma.intake.photos import PhotoRefused
from ngoma.intake.submission import Problem
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.public.drafts import Draft
from ngoma.public.site import Site

LONGEST = 16_000
QUESTION = "answer."
FIELDS = {
    "photos": "photo",
    "email": "contact",
    "phone": "contact",
    "place": "location",
}
"""The form's field where a problem's field is called otherwise."""

_STEPS = {"words": "show", "photos": "show", "location": "where", "place": "where"}
"""The step of the form where a problem's field is mended, if not the last one."""


def taken(request: HttpRequest, draft: Draft) -> tuple[Draft, list[Problem]]:
    """The draft with what this form says, and what is wrong with its photos.

    A field that the form does not have leaves the draft as it was.
    """
    form = request.POST
    changes: dict[str, Any] = {
        name: form[name][:LONGEST].strip()
        for name in ("words", "location", "place", "joins", "contact", "frame")
        if name in form
    }
    changes |= _position(form) | _service(form)
    answers = {
        key.removeprefix(QUESTION): [value[:LONGEST] for value in form.getlist(key)]
        for key in form
        if key.startswith(QUESTION)
    }
    if answers:
        changes["answers"] = answers
    kept, problems = _photos(request, draft)
    return replace(draft, **changes, photos=kept), problems


def step_of(field: str) -> str:
    """The step on which a problem's field is asked: `show`, `where` or `send`."""
    return _STEPS.get(field, "send")


class Wrong(dict[str, str]):
    """What has to be mended, by field of the form; nothing at all others."""

    def __missing__(self, field: str) -> str:
        return ""


def explained(site: Site, problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Problems as sentences, each with the field of the form that it is about."""
    return [
        (FIELDS.get(each.field, each.field), explain(each, site.book, site.language))
        for each in problems
    ]


def moved(
    draft: Draft, lat: float | None, lon: float | None, *, accuracy: float = 0, frame: str = ""
) -> Draft:
    """The draft with another position, or with none."""
    return replace(draft, lat=lat, lon=lon, accuracy=accuracy, frame=frame)


def number(text: str) -> float | None:
    """A finite number; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _position(form: QueryDict) -> dict[str, Any]:
    """The position that a script filled in; without one the draft's stands."""
    lat, lon = number(form.get("lat", "")), number(form.get("lon", ""))
    if lat is None or lon is None:
        return {}
    accuracy = number(form.get("accuracy", "")) or 0.0
    return {"lat": lat, "lon": lon, "accuracy": accuracy}


def _service(form: Mapping[str, str]) -> dict[str, str]:
    """The service: from the full list where one is picked there, else from the chips."""
    if form.get("other"):
        return {"service": form["other"][:120]}
    return {"service": form["service"][:120]} if "service" in form else {}


def _photos(request: HttpRequest, draft: Draft) -> tuple[tuple[str, ...], list[Problem]]:
    """The names of the draft's photos and of those that came now; at most five in all."""
    dropped = request.POST.getlist("drop")
    kept = [name for name in draft.photos if name not in dropped]
    problems = []
    for file in request.FILES.getlist("photo"):
        if not isinstance(file, UploadedFile) or not file.size:
            continue
        if len(kept) >= MOST_PHOTOS:
            problems.append(Problem("photos", "too_many_photos", {"most": MOST_PHOTOS}))
            break
        try:
            kept.append(_stored(file))
        except PhotoRefused as refused:
            problems.append(Problem("photos", f"photo_{refused.code}"))
    return tuple(kept), problems


def _stored(file: UploadedFile) -> str:
    if (file.size or 0) > photos.MOST_BYTES:
        raise PhotoRefused("too_large")
    return photos.store(file.read()).name
