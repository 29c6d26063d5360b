"""Who works for a city, in which role and department, and which programs may write."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from ngoma.records.models.city import City, Department


class User(AbstractUser):
    """A member of staff. `language` is that of the desk."""

    language = models.CharField(max_length=8, blank=True)
    mailed = models.BooleanField(default=True, help_text="by mail too, of what cannot wait")
    digest = models.BooleanField(default=False, help_text="how the city stands, every morning")


class Role(models.TextChoices):
    AGENT = "agent"
    TRIAGER = "triager"
    OFFICER = "officer"
    CREW = "crew"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Membership(models.Model):
    """A role in a city, or only in one department of it and the departments below."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    city = models.ForeignKey(City, models.CASCADE)
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "city", "department", "role"],
                name="membership_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.city_id}"


class ApiKey(models.Model):
    """A key of a program that may write. Through Open311 it is shown, and only hashes of it are
    kept; the bridge of another messenger signs with it, so it is kept sealed as well."""

    city = models.ForeignKey(City, models.CASCADE)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    former = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="hash of the key before"
    )
    former_until = models.DateTimeField(null=True, blank=True, help_text="it counts until then")
    reports = models.BooleanField(default=True, help_text="may hand requests in")
    updates = models.BooleanField(default=False, help_text="may send service request updates")
    messages = models.BooleanField(default=False, db_default=False, help_text="is a bridge")
    secret = models.BinaryField(null=True, help_text="what a bridge signs with, encrypted")
    former_secret = models.BinaryField(null=True, help_text="the one before, encrypted")
    url = models.CharField(
        max_length=1000, blank=True, default="", db_default="", help_text="takes what a bridge says"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True, help_text="last day on which it was shown")

    def __str__(self) -> str:
        return self.name
