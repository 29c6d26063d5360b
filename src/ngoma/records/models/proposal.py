"""What triage suggests about a report, and what a person made of it."""

from django.db import models

from ngoma.records.models.case import Urgency
from ngoma.records.models.city import Service
from ngoma.records.models.report import Report


class Proposal(models.Model):
    report = models.ForeignKey(Report, models.CASCADE, related_name="proposals")
    created_at = models.DateTimeField()
    model = models.CharField(max_length=64, help_text="which engine and version spoke")
    service = models.ForeignKey(Service, models.PROTECT, null=True)
    language = models.CharField(
        max_length=8, default="", help_text="of the words, as it was read; und: not known"
    )
    confidence = models.FloatField(help_text="probability of `service`")
    confident = models.BooleanField(help_text="false: a person should look")
    urgency = models.SmallIntegerField(choices=Urgency.choices)
    services = models.JSONField(help_text="candidates with probability and reasons")
    reasons = models.JSONField(help_text="reasons for the urgency")
    flags = models.JSONField(default=list, help_text="rules of special handling it falls under")
    duplicates = models.JSONField(default=list)
    answers = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class Decision(models.Model):
    """A person's answer to a proposal, and the next training example."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted"
        CHANGED = "changed"

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="decision")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    user = models.ForeignKey("User", models.PROTECT, null=True)
    service = models.ForeignKey(Service, models.PROTECT, null=True)
    urgency = models.SmallIntegerField(choices=Urgency.choices)
    merged_into = models.ForeignKey("Case", models.PROTECT, null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="decision_at")]

    def __str__(self) -> str:
        return self.kind
