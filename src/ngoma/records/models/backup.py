"""What was kept elsewhere and whether it could be brought back; and that it was."""

from django.db import models


class Backup(models.Model):
    """One making of a backup, or one trial of the newest: how it went."""

    class Kind(models.TextChoices):
        MAKING = "making", "a backup was made"
        TRIAL = "trial", "the newest one was restored and checked"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    host = models.CharField(max_length=255, help_text="where it ran")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True, help_text="what hindered it; empty: all went well")
    snapshot = models.CharField(max_length=64, blank=True, help_text="its id in the repository")
    size = models.BigIntegerField(null=True, help_text="bytes of all that is in the snapshot")
    added = models.BigIntegerField(null=True, help_text="bytes by which the repository grew")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                name="backup_one_at_a_time",
                condition=models.Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.began_at:%Y-%m-%d %H:%M}"


class Restoration(models.Model):
    """This database is a copy that was brought back. Until somebody releases it, nothing is sent
    that the lost one may have sent, and the ledger does not go on."""

    at = models.DateTimeField()
    copied_at = models.DateTimeField(help_text="when the copy was made")
    event = models.BigIntegerField(help_text="number of the last event that the copy has")
    released_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.copied_at:%Y-%m-%d %H:%M}"
