"""Departments and those below them."""

from ngoma.records.models import Department


def subtree(department_id: int) -> frozenset[int]:
    """A department and all below it, by id."""
    found = {department_id}
    edge = {department_id}
    while edge:
        below = Department.objects.filter(parent__in=edge).values_list("pk", flat=True)
        edge = set(below) - found
        found |= edge
    return frozenset(found)
