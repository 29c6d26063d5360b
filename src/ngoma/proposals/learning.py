"""What a person made of a proposal: the decision, kept as the next training example."""

from ngoma.records.models import Decision, Event, Proposal


def decide(event: int, case: int) -> None:
    """The job after an acceptance, a correction, a merge: write the decision on each proposal.

    A later decision takes the place of an earlier one, whichever job runs first, but what was
    merged stays so. A correction that says nothing of the service decides nothing.
    """
    made = Event.objects.select_related("case").get(pk=event, case=case)
    if made.kind == "merged":
        proposals = Proposal.objects.filter(pk__in=_noted_before(made), decision=None)
    elif "service" in made.data:
        proposals = Proposal.objects.filter(report__case=case, decision__merged_into=None)
    else:
        return
    for proposal in proposals.exclude(decision__at__gt=made.at):
        _decide(proposal, made)


def _noted_before(merged: Event) -> list[int]:
    """The proposals on the reports that a merge took along: those of the other case stay open."""
    noted = Event.objects.filter(case=merged.case_id, seq__lt=merged.seq, kind="proposed")
    return [each["proposal"] for each in noted.values_list("data", flat=True)]


def _decide(proposal: Proposal, made: Event) -> None:
    case = made.case
    merged_into = made.data.get("into")
    service_id = made.data.get("service", case.service_id)
    urgency = made.data.get("urgency", case.urgency)
    agreed = service_id == proposal.service_id and urgency == proposal.urgency
    if merged_into is not None:
        agreed = any(each["case"] == merged_into for each in proposal.duplicates)
    Decision.objects.update_or_create(
        proposal=proposal,
        defaults={
            "kind": Decision.Kind.ACCEPTED if agreed else Decision.Kind.CHANGED,
            "at": made.at,
            "user_id": made.user_id,
            "service_id": service_id,
            "urgency": urgency,
            "merged_into_id": merged_into,
        },
    )
