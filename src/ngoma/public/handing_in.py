"""A report as a script hands it in: one JSON object, as often as it takes, accepted once.

A phone may have kept it for hours without a network, and may not have heard our first answer.
"""

from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST
from msgspec import Meta, Struct

from ngoma.base.parsing import Unparsable, parsed
from ngoma.base.references import show
from ngoma.intake.submission import Refused
from ngoma.intake.submit import MOST_PHOTOS, submit
from ngoma.public import drafts, flooding, forms
from ngoma.public.drafts import Draft
from ngoma.public.own import receipt_url
from ngoma.public.site import Site, page
from ngoma.public.uploading import NAME
from ngoma.records.queries.uploads import photo_names

Key = Annotated[str, Meta(min_length=16, max_length=64)]
Degrees = Annotated[float, Meta(ge=-180, le=180)]
Text = Annotated[str, Meta(max_length=forms.LONGEST)]
Upload = Annotated[str, Meta(pattern=f"^{NAME.pattern}$")]


class Told(Struct, kw_only=True):
    """What the script sends. `photos` are names of files that came in parts before."""

    key: Key
    words: Text = ""
    service: Text = ""
    lat: Degrees | None = None
    lon: Degrees | None = None
    accuracy: float = 0
    location: Text = ""
    place: Text = ""
    joins: Text = ""
    contact: Text = ""
    proof: Text = ""
    answers: dict[str, list[Text]] = {}
    photos: Annotated[list[Upload], Meta(max_length=MOST_PHOTOS)] = []


@require_POST
@page
def hand_in(request: HttpRequest, site: Site) -> HttpResponse:
    """201 with `reference`, how it is `shown`, and `url`, the receipt; 200 with those it was given
    before.

    422 with `problems`, each with the step of the form and the field that it is about; 409 with the
    photos that are `missing`; 429 in a flood, with what the script has to show as `proof`; 400 for
    no JSON.
    """
    try:
        told = parsed(request.body, Told)
    except Unparsable as error:
        return JsonResponse({"error": str(error)}, status=400)
    names = photo_names(told.photos)
    missing = [each for each in told.photos if each not in names]
    if missing:
        return JsonResponse({"missing": missing}, status=409)
    challenge = flooding.demand(
        request, site, key=told.key, words=told.words, service=told.service, proof=told.proof
    )
    if challenge:
        return flooding.refused(challenge)
    draft = _draft(told, tuple(names[each] for each in told.photos))
    try:
        receipt = submit(drafts.submission(site, draft))
    except Refused as refused:
        return JsonResponse({"problems": _problems(site, refused)}, status=422)
    flooding.count(request, site)
    report = receipt.report
    answer = {
        "reference": report.reference,
        "shown": show(report.reference),
        "url": receipt_url(site, report.reference, report.secret),
    }
    return JsonResponse(answer, status=200 if receipt.repeated else 201)


def _draft(told: Told, photos: tuple[str, ...]) -> Draft:
    values: dict[str, Any] = msgspec.structs.asdict(told)
    del values["proof"]
    return Draft(**values | {"photos": photos})


def _problems(site: Site, refused: Refused) -> list[dict[str, str]]:
    return [
        {"step": forms.step_of(each.field), "field": field, "text": text}
        for each, (field, text) in zip(
            refused.problems, forms.explained(site, refused.problems), strict=True
        )
    ]
