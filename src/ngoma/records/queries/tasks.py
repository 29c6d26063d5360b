"""Parts of cases that departments have."""

from ngoma.records.models import Task


def taking_part(case_id: int) -> set[int]:
    """The departments that have, or had, a part of the case."""
    return set(Task.objects.filter(case=case_id).values_list("department", flat=True))


def open_parts(case_id: int) -> set[int]:
    """The numbers of the events that gave the parts which are still open."""
    return set(Task.objects.filter(case=case_id, open=True).values_list("seq", flat=True))
