"""What a page tells other sites of itself, where it is passed on: title, sentence and card."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from ngoma.public import cards
from ngoma.public.cards import Card
from ngoma.public.site import Site
from ngoma.public.unchanged import tag_of, unless_known

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
    response = unless_known(
        request, tag_of(card), lambda: HttpResponse(cards.draw(card), content_type="image/jpeg")
    )
    response["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    return response
