"""Where somebody stops messages, of a report or of what they follow: a page, and one click as in
RFC 8058."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ngoma.base.characters import clean
from ngoma.base.references import show
from ngoma.casework import forgetting
from ngoma.cities.book import Book, book_of, text
from ngoma.notices import following, texts
from ngoma.records.models import Follow, Report


# No token is needed: whoever posts knows the secret in the address, and no cookie is read.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask (GET), then stop (POST). In the language of the contact while there is one."""
    report = Report.objects.select_related("contact").filter(secret=clean(secret)).first()
    if report is None:
        return _stop_following(request, secret)
    book = book_of(report.city_id)
    wanted = report.contact.language if report.contact else report.language
    language = texts.nearest(wanted, *book.languages)
    words = texts.stop_page(language)
    done = report.contact is None
    if request.method == "POST" and not done:
        forgetting.stop(report)
        done = True
    said = words["done" if done else "ask"].format(reference=show(report.reference))
    return _answer(request, book, language, said, "" if done else words["button"])


def _stop_following(request: HttpRequest, secret: str) -> HttpResponse:
    follows = Follow.objects.select_related("contact", "case", "place")
    follow = follows.filter(secret=clean(secret)).first()
    if follow is None:
        raise Http404
    book = book_of(follow.city_id)
    language = texts.nearest(follow.language, *book.languages)
    words = texts.stop_page(language)
    if follow.case is not None:
        what = show(follow.case.reference)
    else:
        assert follow.place is not None
        what = text(follow.place.names, language)
    if request.method == "POST":
        following.stop(follow)
        return _answer(request, book, language, words["done_follower"].format(what=what), "")
    said = words["ask_follower"].format(what=what)
    return _answer(request, book, language, said, words["button"])


def _answer(
    request: HttpRequest, book: Book, language: str, said: str, button: str
) -> HttpResponse:
    page = {
        "language": language,
        "city": text(book.names, language),
        "said": said,
        "button": button,
    }
    answer = render(request, "channels/stop.html.jinja", page)
    answer["Cache-Control"] = "no-store"
    return answer
