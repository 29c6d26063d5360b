"""Doing something to a case: the form is checked against the case as it was shown, then done."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ngoma.base.characters import whole
from ngoma.base.references import show as show_reference
from ngoma.casework import workflow
from ngoma.casework.errors import BadRequest, NotAllowed, WrongState
from ngoma.desk import cases, queue, telling
from ngoma.desk.actions import ACTIONS, BESIDE, Action
from ngoma.desk.orders import Order, PhotosRefused
from ngoma.desk.refusals import Trouble, say
from ngoma.desk.site import Desk, page
from ngoma.records.models import Case
from ngoma.records.queries.casefiles import Head, opened


class Changed(Exception):
    """The case is no longer as it was when the form was shown."""


@page
@require_POST
def act(request: HttpRequest, desk: Desk, reference: str, name: str) -> HttpResponse:
    """Do an action to a case, then show what comes next; or say why not, losing nothing typed."""
    action = ACTIONS.get(name) or BESIDE.get(name)
    if action is None:
        raise Http404(name)
    head = desk.case(reference)
    from_queue = request.POST.get("from") == "queue"
    after = queue.following(desk, head) if from_queue else ""
    try:
        _do(request, desk, head, action)
    except (Changed, WrongState, BadRequest, PhotosRefused) as refusal:
        return _refused(request, desk, reference, action, refusal)
    messages.success(request, f"{show_reference(reference)}: {action.done}")
    # A question or an acceptance takes the case out of the queue; an answer or a note does not.
    stays = desk.case(reference).state == head.state
    if from_queue:
        return HttpResponseRedirect(desk.url("", case=reference if stays else after))
    return HttpResponseRedirect(desk.case_url(reference))


def _do(request: HttpRequest, desk: Desk, head: Head, action: Action) -> None:
    """Call the verb while the case is still as it was shown. Raises what refuses it."""
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=head.id)
        if not desk.may(action.verb, case.department_id):
            raise NotAllowed(action.verb)
        if request.POST.get("version") != str(case.version):
            raise Changed
        if not workflow.possible(action.verb, case.state):
            raise WrongState(action.verb, case.state)
        action.run(Order(desk, request, case))


def _refused(
    request: HttpRequest,
    desk: Desk,
    reference: str,
    action: Action,
    refusal: Changed | WrongState | BadRequest | PhotosRefused,
) -> HttpResponse:
    head = desk.case(reference)
    typed = {key: str(value) for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}
    if isinstance(refusal, Changed):
        seen = whole(typed.get("version", "")) or 0
        trouble = Trouble(
            title=gettext("Somebody changed this case while you were looking at it"),
            say=gettext("Nothing of yours is lost. Read what happened, then decide again."),
            action=action.name,
            meanwhile=telling.lines(desk, opened(head), after=seen),
            typed=typed,
        )
    else:
        trouble = Trouble(gettext("Not done yet"), say(refusal, desk), action.name, typed=typed)
    status = 422 if isinstance(refusal, (BadRequest, PhotosRefused)) else 409
    view = queue.render if request.POST.get("from") == "queue" else cases.render
    response = view(request, desk, head, trouble=trouble, status=status)
    # The address of a step is no page: a script stays on the one it was sent from.
    response["HX-Push-Url"] = "false"
    return response
