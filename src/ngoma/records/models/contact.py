"""How to reach a reporter. Written and read by `people.vault` alone."""

from django.db import models

from ngoma.records.models.city import City


class Contact(models.Model):
    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        PUSH = "push", "a browser's push subscription"
        TELEGRAM = "telegram"
        WHATSAPP = "whatsapp"
        BRIDGE = "bridge", "somebody in a messenger that a program carries over"

    city = models.ForeignKey(City, models.PROTECT)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    sealed = models.BinaryField(help_text="encrypted address and name")
    finder = models.CharField(
        max_length=64, help_text="keyed hash of the address, to find it again"
    )
    language = models.CharField(max_length=8)
    purpose = models.CharField(max_length=32, default="report")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="erased then at the latest")
    verified_at = models.DateTimeField(
        null=True, help_text="when whoever reads it has shown that they do"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "finder", "purpose"], name="contact_once")
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class PersonalRead(models.Model):
    """Somebody looked at personal data, and why."""

    city = models.ForeignKey(
        City, models.PROTECT, null=True, help_text="not known of some early looks"
    )
    contact_id = models.BigIntegerField()
    user = models.ForeignKey("User", models.PROTECT)
    at = models.DateTimeField()
    purpose = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.purpose
