"""Where somebody is signed in: each session with the kind of device, and no address."""

from django.db import models

from ngoma.records.models.user import User


class SignIn(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session = models.CharField(max_length=40, unique=True, help_text="key of the session")
    device = models.CharField(max_length=80, blank=True, help_text="browser and system")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="to about ten minutes")

    def __str__(self) -> str:
        return self.device
