"""“For you”: what a member of staff is told of cases, newest first; and whether by mail, too."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.characters import whole
from ngoma.base.clock import now
from ngoma.desk import naming, telling
from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk, page, say, show
from ngoma.records.models import Alert
from ngoma.records.queries.casefiles import briefs
from ngoma.records.queries.members import called

ROWS = 50
TITLES = {
    Alert.Kind.MENTIONED: gettext_lazy("%(who)s mentions you in a note"),
    Alert.Kind.ASSIGNED: gettext_lazy("%(who)s assigned it to you"),
    Alert.Kind.TASKED: gettext_lazy("%(who)s gives your department a part"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One alert. `said` is what a colleague wrote."""

    id: int
    url: str
    title: str
    icon: str
    late: bool
    about: str
    said: str
    when: str
    unread: bool


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The alerts, and the key of the next page."""
    alerts = Alert.objects.filter(user=desk.user, case__city=desk.book.id).order_by("-id")
    after = whole(request.GET.get("after", ""))
    if after is not None:
        alerts = alerts.filter(pk__lt=after)
    found = list(alerts.select_related("event__user", "case")[: ROWS + 1])
    more = desk.url("inbox/", after=found[ROWS - 1].pk) if len(found) > ROWS else ""
    words = briefs(desk.book.id, [each.case_id for each in found])
    lines = []
    for each in found[:ROWS]:
        brief = words[each.case_id]
        sees = desk.may_do("see", each.case_id, brief.department_id)
        about = (headline(brief.words) if sees else "") or desk.service(brief.service_id)
        lines.append(_line(desk, each, about, sees=sees))
    return show(request, desk, "inbox", {"lines": lines, "more": more})


@page
@require_POST
def read(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Mark all as read."""
    own = Alert.objects.filter(user=desk.user, case__city=desk.book.id, read_at=None)
    own.update(read_at=now())
    return HttpResponseRedirect(desk.url("inbox/"))


@page
@require_POST
def mail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose whether what cannot wait comes by mail, too."""
    desk.user.mailed = request.POST.get("mailed") == "yes"
    desk.user.save(update_fields=["mailed"])
    say(request, gettext("Noted."))
    return HttpResponseRedirect(desk.url("inbox/"))


def looked_at(desk: Desk, case_id: int) -> None:
    """Who opens a case has read what they were told of it."""
    Alert.objects.filter(user=desk.user, case=case_id, read_at=None).update(read_at=now())


def _line(desk: Desk, alert: Alert, about: str, *, sees: bool) -> Line:
    """An alert; without what was said where the case is another department's by now."""
    event = alert.event
    icon, tone, title = telling.title(event.kind, event.data)
    if alert.kind in TITLES:
        title = str(TITLES[Alert.Kind(alert.kind)]) % {"who": called(event.user)}
    return Line(
        id=alert.pk,
        url=desk.case_url(alert.case.reference),
        title=title,
        icon=icon,
        late=tone == "drum",
        about=about,
        said=str(event.data.get("text") or "") if sees else "",
        when=naming.ago(alert.at),
        unread=alert.read_at is None,
    )
