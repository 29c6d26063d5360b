"""What a person made of a proposal: the decision, kept as the next training example."""

from ngoma.base.clock import now
from ngoma.records.models import Decision, Event, Proposal


def decide(event: int, case: int) -> None:
    """The job after an acceptance, a correction, a merge: write the decision on each proposal."""
    made = Event.objects.select_related("case").get(pk=event)
    target = made.data["into"] if made.kind == "merged" else case
    proposals = Proposal.objects.filter(report__case=target, decision=None)
    for proposal in proposals.select_related("report"):
        _decide(proposal, made)


def _decide(proposal: Proposal, made: Event) -> None:
    case = made.case
    merged_into = made.data["into"] if made.kind == "merged" else None
    service_id = made.data.get("service", case.service_id)
    urgency = made.data.get("urgency", case.urgency)
    agreed = service_id == proposal.service_id and urgency == proposal.urgency
    if merged_into is not None:
        agreed = any(each["case"] == merged_into for each in proposal.duplicates)
    Decision.objects.create(
        proposal=proposal,
        kind=Decision.Kind.ACCEPTED if agreed else Decision.Kind.CHANGED,
        at=now(),
        user_id=made.user_id,
        service_id=service_id,
        urgency=urgency,
        merged_into_id=merged_into,
    )
