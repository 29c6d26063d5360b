"""A photograph: a public copy without metadata or faces, and the original kept private."""

from django.db import models

from ngoma.records.models.case import Case
from ngoma.records.models.report import Report


class Photo(models.Model):
    class Kind(models.TextChoices):
        REPORT = "report"
        AFTER = "after"

    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="photos")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="photos")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.REPORT)
    name = models.CharField(max_length=48, unique=True, help_text="file name without size and type")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the original")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    original = models.CharField(max_length=80, help_text="path in private storage")
    upload = models.CharField(
        max_length=36, null=True, unique=True, help_text="the sender's own name for it"
    )
    added_at = models.DateTimeField()
    public = models.BooleanField(default=True)
    blurs = models.JSONField(
        null=True,
        help_text="areas blurred for the public: left, top, width and height in thousandths; "
        "none where nobody has looked yet",
    )
    edition = models.CharField(
        max_length=8, null=True, help_text="of the public copies; none while there are none"
    )
    likeness = models.BigIntegerField(null=True, help_text="64 bits that like pictures share")

    class Meta:
        indexes = (
            models.Index(
                "id",
                name="photo_waiting",
                condition=models.Q(edition=None, blurs__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.name
