"""Cases as lines of a list: what, where, since when, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ngoma.base import references
from ngoma.look.formats import day, moment
from ngoma.public import status
from ngoma.public.site import Site
from ngoma.records.models import ACTIVE
from ngoma.records.queries.own import OwnReport
from ngoma.records.queries.photos import first_names, url
from ngoma.records.queries.public_cases import Row, of_ids

EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as the pages show it."""

    name: str
    small: str
    large: str
    alt: str
    width: int = 480
    height: int = 360


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list. `row` is what the database says of it."""

    row: Row
    url: str
    title: str
    where: str
    words: str
    tag: status.Tag
    photo: Photo | None


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A report in the list of its reporter; `promise` says what comes by when."""

    told: OwnReport
    url: str
    shown: str
    title: str
    where: str
    words: str
    tag: status.Tag
    promise: str
    photo: Photo | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that can be shown before and after."""

    line: Line
    before: Photo
    after: Photo
    text: str


def photo(name: str, alt: str, width: int = 480, height: int = 360) -> Photo:
    """A photo by the name of its public copies."""
    return Photo(name, url(name, "small"), url(name), alt, width, height)


def line(site: Site, row: Row) -> Line:
    """A case as a line."""
    title = site.service(row.service_id) or _("A problem")
    landmark = row.location
    place = site.place(row.place_id, exact=row.public)
    where = ", ".join(part for part in (landmark, place) if part)
    return Line(
        row=row,
        url=site.url(f"r/{row.reference}"),
        title=title,
        where=where,
        words=_excerpt(row.words),
        tag=status.tag(row.state, due=row.due, fixed=row.resolved_at is not None),
        photo=photo(row.photo, title) if row.photo else None,
    )


def own_line(site: Site, told: OwnReport) -> OwnLine:
    """A report as a line for its reporter, with their own words."""
    title = site.service(told.service_id) or _("A problem")
    return OwnLine(
        told=told,
        url=site.url(f"r/{told.reference}/{told.secret}"),
        shown=references.show(told.reference),
        title=title,
        where=site.place(told.place_id),
        words=_excerpt(told.words),
        tag=status.tag(told.state, due=told.due, fixed=told.resolved_at is not None),
        promise=_promise(told),
        photo=photo(told.photo, title) if told.photo else None,
    )


def _promise(told: OwnReport) -> str:
    if told.state == "received" and told.answer_due:
        return _("Answered by %(moment)s") % {"moment": moment(told.answer_due)}
    if told.state in ACTIVE and told.due:
        return _("Fixed by %(day)s") % {"day": day(told.due)}
    return ""


def fixes(site: Site, case_ids: Sequence[int]) -> list[Fix]:
    """These repaired cases with their photos."""
    names = first_names(case_ids)
    shown = []
    for row in of_ids(case_ids):
        pair = names.get(row.id, {})
        if "report" not in pair or "after" not in pair or row.resolved_at is None:
            continue
        of = line(site, row)
        before = photo(pair["report"], _("Before: %(what)s") % {"what": of.title})
        after = photo(pair["after"], _("After: %(what)s") % {"what": of.title})
        text = status.fixed_in(row.opened_at, row.resolved_at, row.due)
        shown.append(Fix(of, before, after, text))
    return shown


def _excerpt(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= EXCERPT else flat[: EXCERPT - 1].rsplit(" ", 1)[0] + "…"
