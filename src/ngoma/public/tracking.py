"""A report followed by its reference: how it stands, what happened, what comes next."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ngoma.base import clock, references
from ngoma.casework.workflow import ENDED
from ngoma.ledger import receipts
from ngoma.notices import push
from ngoma.public import home, status
from ngoma.public.cards import Card
from ngoma.public.lines import Photo, photo
from ngoma.public.sharing import FILE, answer, share
from ngoma.public.site import Site, from_replica, page, show, tag
from ngoma.public.story import steps
from ngoma.public.unchanged import unless_known
from ngoma.records.queries import stories
from ngoma.records.queries.stories import Happened, Stamp, Story


@require_safe
@page
@from_replica
def track(request: HttpRequest, site: Site, reference: str) -> HttpResponse:
    """The public page of a report. Who has it already costs one question to the database."""
    stamp = stories.stamp(_read(reference))
    if stamp is None or stamp.city_id != site.book.id:
        raise Http404(reference)
    if stamp.reference != reference:
        return HttpResponsePermanentRedirect(site.url(f"r/{stamp.reference}"))
    return unless_known(
        request, _tag(request, site, stamp), lambda: _tracked(request, site, reference)
    )


def _tag(request: HttpRequest, site: Site, stamp: Stamp) -> str:
    """What the page is made of: the report, the words of the city, and what time makes of dates."""
    now = clock.now()
    late = [at is not None and at < now for at in (stamp.answer_due, stamp.due)]
    recorded = stamp.entry is not None and stamp.entry < (stamp.published or 0)
    seen = stamp._replace(published=None, witnesses=stamp.witnesses if recorded else None)
    return tag(request, site, "track", *late, recorded, seen)


def _tracked(request: HttpRequest, site: Site, reference: str) -> HttpResponse:
    known = find(site, reference)
    context = followed(site, known, own=False)
    context["follow"] = push.public_key() if known.told.state not in ENDED else ""
    context["share"] = share(
        request,
        site,
        ", ".join(part for part in (context["title"], context["where"]) if part),
        f"{context['sentence'].head} {context['sentence'].more}",
        page=f"r/{reference}",
        card=f"r/{reference}/{FILE}",
    )
    return show(request, site, "track", context, page=f"r/{reference}")


@require_safe
@page
@from_replica
def card(request: HttpRequest, site: Site, reference: str) -> HttpResponse:
    """The card of a report; the city's own where the report is not published."""
    known = find(site, reference)
    if not known.told.public:
        return answer(request, home.city_card(site))
    context = followed(site, known, own=False)
    return answer(request, _card(site, context))


def _card(site: Site, shown: dict[str, Any]) -> Card:
    before, after = shown["before"][:1], shown["after"][:1]
    labels = (_("Before"), _("After")) if before and after else ("",)
    photos = zip([each.name for each in before + after], labels, strict=True)
    return Card(
        city=site.name,
        title=shown["title"],
        tone=shown["standing"].tone,
        tag=shown["standing"].word,
        where=shown["where"],
        sentence=shown["sentence"].head,
        photos=tuple(photos) if before or after else (),
    )


def find(site: Site, reference: str) -> Story:
    """The story of a report of this city, however its reference is written. Raises Http404."""
    known = stories.story(_read(reference))
    if known is None or known.told.city_id != site.book.id:
        raise Http404(reference)
    return known


def _read(reference: str) -> str:
    """A reference as it is kept. Raises Http404 for none."""
    try:
        return references.read(reference)
    except references.BadReference:
        raise Http404(reference) from None


def followed(site: Site, known: Story, *, own: bool) -> dict[str, Any]:
    """What a report's page shows: to everybody, or with `own` to its reporter."""
    told = known.told
    open_to_all = told.public or own
    leading = _leading(known.events)
    before, after = _photos(known) if open_to_all else ([], [])
    landmark = told.location if own else told.public_location
    where = [landmark if open_to_all else "", site.place(told.place_id, exact=open_to_all)]
    return {
        "told": told,
        "own": own,
        "shown": references.show(told.reference),
        "title": site.service(told.service_id) or _("A problem"),
        "where": ", ".join(part for part in where if part),
        "place": site.book.places.get(told.place_id) if told.place_id and told.public else None,
        "standing": status.tag(told.state, due=told.due, fixed=told.resolved_at is not None),
        "sentence": status.sentence(site, told, leading, own=own),
        "question": leading.data.get("text", "") if leading and told.state == "waiting" else "",
        "steps": steps(site, known, own=own),
        "words": told.words if own else told.public_words if told.public else "",
        "before": before,
        "after": after,
        "joined": told.case_reference != told.reference,
        "main": references.show(told.case_reference),
        "main_url": site.url(f"r/{told.case_reference}"),
        "recorded": receipts.recorded(receipts.of_report(told.report_id)),
    }


def _leading(events: list[Happened]) -> Happened | None:
    """The event that led to a state which has to be explained."""
    explained = ("rejected", "referred", "asked")
    return next((each for each in reversed(events) if each.kind in explained), None)


def _photos(known: Story) -> tuple[list[Photo], list[Photo]]:
    """Photos of the reports, this report's first, and photos of the work."""
    told = known.told
    ours = sorted(
        (
            each
            for each in known.photos
            if each.kind == "report" and (told.public or each.report_id == told.report_id)
        ),
        key=lambda each: each.report_id != told.report_id,
    )
    work = [each for each in known.photos if each.kind == "after"]
    before = [photo(each.name, _("The problem"), *_size(each)) for each in ours]
    return before, [photo(each.name, _("After the work"), *_size(each)) for each in work]


def _size(each: Any) -> tuple[int, int]:
    """Width and height of the small copy, whose longest edge is 480."""
    scale = 480 / max(each.width, each.height, 480)
    return round(each.width * scale), round(each.height * scale)
