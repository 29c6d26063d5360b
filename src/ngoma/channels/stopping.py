"""Where a reporter stops the messages about a report: a page, and one click as in RFC 8058."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ngoma.base.characters import clean
from ngoma.base.references import show
from ngoma.cities.book import book_of, text
from ngoma.notices import stopping, texts
from ngoma.records.models import Report


# No token is needed: whoever posts knows the secret in the address, and no cookie is read.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask (GET), then stop (POST). In the language of the contact while there is one."""
    report = Report.objects.select_related("contact").filter(secret=clean(secret)).first()
    if report is None:
        raise Http404
    book = book_of(report.city_id)
    wanted = report.contact.language if report.contact else report.language
    language = texts.nearest(wanted, *book.languages)
    words = texts.stop_page(language)
    done = report.contact is None
    if request.method == "POST" and not done:
        stopping.stop(secret)
        done = True
    said = words["done" if done else "ask"].format(reference=show(report.reference))
    page = {
        "language": language,
        "city": text(book.names, language),
        "said": said,
        "button": "" if done else words["button"],
    }
    answer = render(request, "channels/stop.html.jinja", page)
    answer["Cache-Control"] = "no-store"
    return answer
