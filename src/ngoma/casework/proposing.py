"""Noting on a case what triage proposed for one of its reports."""

from datetime import datetime

from ngoma.base.clock import iso
from ngoma.casework.change import change
from ngoma.casework.deadlines import dues
from ngoma.people.permissions import SYSTEM, Actor
from ngoma.records.models import Case, Proposal, State


def propose(*, actor: Actor = SYSTEM, proposal_id: int, at: datetime | None = None) -> Case:
    """Note a proposal. It may raise the urgency of an unread case; it decides nothing.

    A danger brings the first answer forward, counted from the report.
    """
    proposal = Proposal.objects.select_related("report").get(pk=proposal_id)
    with change("propose", actor=actor, case_id=proposal.report.case_id, at=at) as held:
        case = held.case
        urgency = proposal.urgency if case.state == State.RECEIVED else 0
        sooner = {}
        if urgency > case.urgency:
            service_id = case.service_id or proposal.service_id
            promised = dues(held.book, service_id, urgency, proposal.report.received_at)
            sooner = {"answer_due": iso(promised.answer)}
        held.append(
            "proposed",
            proposal=proposal.pk,
            service=proposal.service_id,
            confidence=round(proposal.confidence, 4),
            urgency=urgency,
            **sooner,
        )
    return held.case
