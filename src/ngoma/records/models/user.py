"""Who works for a city, in which role and department, and which programs may write."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from ngoma.records.models.city import City, Department


class User(AbstractUser):
    """A member of staff. `language` is that of the desk."""

    language = models.CharField(max_length=8, blank=True)
    mailed = models.BooleanField(default=True, help_text="by mail too, of what cannot wait")


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
    """A key of a program that may write through Open311. Only its hash is kept."""

    city = models.ForeignKey(City, models.CASCADE)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    updates = models.BooleanField(default=False, help_text="may send service request updates")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
