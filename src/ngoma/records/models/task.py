"""A part of the work on a case that another department does. Written from the case's events."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.city import Department


class Task(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, db_index=False, related_name="tasks")
    seq = models.PositiveIntegerField(help_text="number of the event that gave it")
    department = models.ForeignKey(Department, models.PROTECT, db_index=False)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="task_once")]
        indexes = [models.Index(fields=["department", "open", "case"], name="task_by_department")]

    def __str__(self) -> str:
        return f"task {self.case_id}/{self.seq}"
