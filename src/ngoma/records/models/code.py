"""A one-time code: whoever types it reads what is sent to the contact."""

from django.db import models

from ngoma.records.models.contact import Contact
from ngoma.records.models.report import Report


class Code(models.Model):
    """The digits are kept nowhere: they are made from this row and a key when they are needed."""

    class Purpose(models.TextChoices):
        VERIFY = "verify", "confirm the address left with a report"
        REPORTS = "reports", "open one's reports"
        FOLLOW = "follow", "follow a case or a place"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="codes")
    salt = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, help_text="wrong ones typed")
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "created_at"], name="code_by_contact")]

    def __str__(self) -> str:
        return f"code {self.pk}"
