"""Doing something to a case: the form is checked against the case as it was shown, then done."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ngoma.base.characters import whole
from ngoma.base.references import show as show_reference
from ngoma.casework import undoing, workflow
from ngoma.casework.errors import BadRequest, NotAllowed, WrongState
from ngoma.desk import cases, choosing, holding, queue, telling
from ngoma.desk.actions import ACTIONS, BESIDE, Action
from ngoma.desk.orders import Order, PhotosRefused
from ngoma.desk.refusals import Trouble, words
from ngoma.desk.site import Desk, page, say
from ngoma.records.models import Case
from ngoma.records.queries import holds
from ngoma.records.queries.casefiles import File, Head


class Changed(Exception):
    """The case is no longer as it was when the form was shown."""


class Held(Exception):
    """A colleague holds the case; `name` is theirs."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@page
@require_POST
def act(request: HttpRequest, desk: Desk, reference: str, name: str) -> HttpResponse:
    """Do an action to a case, then show what comes next; or say why not, losing nothing typed."""
    action = ACTIONS.get(name) or BESIDE.get(name)
    if action is None:
        raise Http404(name)
    head = desk.case(reference)
    from_queue = request.POST.get("from") == "queue"
    chosen = choosing.choice(request, desk)
    after = queue.following(desk, head, chosen) if from_queue else ""
    try:
        seq = _do(request, desk, head, action)
    except (Changed, Held, WrongState, BadRequest, PhotosRefused) as refusal:
        return _refused(request, desk, reference, action, refusal)
    done = f"{show_reference(reference)}: {action.done}"
    say(request, done, undo=(f"cases/{reference}/undo/", seq) if action.undoable else None)
    # A question or an acceptance takes the case out of the queue; an answer or a note does not.
    stays = Case.objects.get(pk=head.id).state == head.state
    if from_queue:
        shown = reference if stays else after
        return HttpResponseRedirect(desk.url("", case=shown, **chosen.given))
    return HttpResponseRedirect(desk.case_url(reference))


@page
@require_POST
def undo(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Take back the step that was just done, or say why that cannot be."""
    case = Case.objects.filter(city=desk.book.id, reference=reference).first()
    if case is None:
        raise Http404(reference)
    try:
        undoing.undo(actor=desk.actor, case_id=case.pk, seq=whole(request.POST.get("seq", "")) or 0)
    except BadRequest as refusal:
        say(request, f"{show_reference(reference)}: {words(refusal, desk)}", tone="sun")
    else:
        say(request, f"{show_reference(reference)}: {gettext('taken back.')}")
    if request.POST.get("from") == "queue":
        chosen = choosing.choice(request, desk)
        return HttpResponseRedirect(desk.url("", case=reference, **chosen.given))
    return HttpResponseRedirect(desk.case_url(reference))


def _do(request: HttpRequest, desk: Desk, head: Head, action: Action) -> int:
    """Call the verb while the case is still as it was shown; the number of the event that it gave.

    Raises what refuses it.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=head.id)
        if not desk.may_do(action.verb, case.pk, case.department_id):
            raise NotAllowed(action.verb)
        if request.POST.get("version") != str(case.version):
            raise Changed
        if not workflow.possible(action.verb, case.state):
            raise WrongState(action.verb, case.state)
        _respect_hold(request, desk, case, action)
        action.run(Order(desk, request, case))
        return case.version + 1


def _respect_hold(request: HttpRequest, desk: Desk, case: Case, action: Action) -> None:
    """Raise `Held` where a colleague holds the case, unless the form takes it over."""
    name = holding.other(desk, case.pk) if action.decides else ""
    if name and request.POST.get("takeover") != "yes":
        raise Held(name)
    if name:
        holds.release(case.pk)


def _refused(
    request: HttpRequest,
    desk: Desk,
    reference: str,
    action: Action,
    refusal: Changed | Held | WrongState | BadRequest | PhotosRefused,
) -> HttpResponse:
    head = desk.case(reference)
    typed = {key: str(value) for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}
    if isinstance(refusal, Changed):
        seen = whole(typed.get("version", "")) or 0
        trouble = Trouble(
            title=gettext("Somebody changed this case while you were looking at it"),
            say=gettext("Nothing of yours is lost. Read what happened, then decide again."),
            action=action.name,
            meanwhile=telling.lines(desk, File(head), after=seen),
            typed=typed,
        )
    elif isinstance(refusal, Held):
        trouble = Trouble(
            title=gettext("%(name)s holds this report") % {"name": refusal.name},
            say=gettext("Nothing of yours is lost. Sent again, your step takes it over from them."),
            action=action.name,
            takeover=True,
            typed=typed,
        )
    else:
        trouble = Trouble(gettext("Not done yet"), words(refusal, desk), action.name, typed=typed)
    status = 422 if isinstance(refusal, (BadRequest, PhotosRefused)) else 409
    view = queue.render if request.POST.get("from") == "queue" else cases.render
    response = view(request, desk, head, trouble=trouble, status=status)
    # The address of a step is no page: a script stays on the one it was sent from.
    response["HX-Push-Url"] = "false"
    return response
