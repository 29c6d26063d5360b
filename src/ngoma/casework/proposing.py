"""Noting on a case what triage proposed for one of its reports."""

from datetime import datetime

from ngoma.base.clock import iso
from ngoma.casework.change import change
from ngoma.casework.deadlines import dues
from ngoma.casework.deciding import classified
from ngoma.people.permissions import SYSTEM, Actor
from ngoma.records.models import Case, Proposal, State, Urgency


def propose(
    *,
    actor: Actor = SYSTEM,
    proposal_id: int,
    alone: bool = False,
    at: datetime | None = None,
) -> Case:
    """Note a proposal. It may raise the urgency of an unread case.

    It decides nothing, unless it may stand `alone`: then a new, calm case is accepted as proposed.
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
        if alone and proposal.service_id is not None and _is_new(case):
            held.append(
                "accepted",
                text="",
                **classified(held, proposal.service_id, case.urgency, case.place_id),
            )
    return held.case


def _is_new(case: Case) -> bool:
    """Whether nobody has decided anything on the case, and only one report is in it."""
    return (
        case.state == State.RECEIVED
        and case.urgency == Urgency.NO
        and case.reports_count == 1
        and not case.reopenings
    )
