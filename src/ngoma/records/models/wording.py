"""Words of a city that its people edit at the desk, laid over those of its pack; and their history.

Also how many questions were answered without a case: counted, with nothing of who asked or what.
"""

from django.db import models

from ngoma.records.models.city import City, Service
from ngoma.records.models.user import User


class Wording(models.Model):
    """An article of the knowledge base or a reply template as it stands, instead of the pack's."""

    class Kind(models.TextChoices):
        ARTICLE = "article"
        TEMPLATE = "template"

    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=64)
    data = models.JSONField(help_text="as the pack has it")
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "kind", "code"], name="wording_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class WordingEdit(models.Model):
    """One edit: what stood from then on; `data` is empty where the pack's words stood again."""

    wording = models.ForeignKey(Wording, models.CASCADE, related_name="edits")
    user = models.ForeignKey(User, models.PROTECT)
    at = models.DateTimeField()
    data = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.wording_id} {self.at}"


class Question(models.Model):
    """A question of a caller that was answered at once."""

    city = models.ForeignKey(City, models.CASCADE, db_index=False)
    at = models.DateTimeField()
    article = models.CharField(max_length=64, blank=True, help_text="what answered it")
    service = models.ForeignKey(Service, models.PROTECT, null=True)
    language = models.CharField(max_length=8, blank=True)
    channel = models.CharField(max_length=10)
    key = models.CharField(max_length=64, help_text="of the form: sent twice it is one")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="question_once")]
        indexes = [models.Index(fields=["city", "at"], name="question_by_time")]

    def __str__(self) -> str:
        return f"{self.article} {self.at}"
