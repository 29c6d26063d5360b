"""What a page tells other sites of itself, where it is passed on: title, sentence and card."""

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from ngoma.public import cards
from ngoma.public.cards import Card
from ngoma.public.site import Site

MINUTES = 10
"""How long a card is kept before it is asked for again: a photo may have been taken back."""

FILE = "card.jpg"


@dataclass(frozen=True, slots=True)
class Share:
    """A page as others show it; both addresses are whole."""

    title: str
    description: str
    url: str
    image: str


def share(
    request: HttpRequest, site: Site, title: str, description: str, *, page: str, card: str
) -> Share:
    """What the page at this address says, with the card at that one."""
    here, picture = (request.build_absolute_uri(site.url(each)) for each in (page, card))
    return Share(title, " ".join(description.split()), here, picture)


def answer(request: HttpRequest, card: Card) -> HttpResponse:
    """The card, drawn only for who does not have it yet."""
    etag = f'"{hashlib.blake2b(repr(card).encode(), digest_size=12).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        cards.draw(card), content_type="image/jpeg"
    )
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    return response
