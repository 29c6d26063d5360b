"""A city and what its pack says: places, departments, services and their owners."""

from django.db import models


class City(models.Model):
    """A jurisdiction. `settings` holds what `city.toml` and the small files of its pack say."""

    slug = models.SlugField(unique=True, help_text="address and Open311 jurisdiction_id")
    names = models.JSONField(help_text="name by language")
    languages = models.JSONField(help_text="language codes, the city's own first")
    time_zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2)
    hosts = models.JSONField(default=list, help_text="host names that answer with this city alone")
    prefix = models.CharField(max_length=3, unique=True, help_text="first letters of references")
    settings = models.JSONField(default=dict)
    pack_digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text="grows with every change of the city"
    )

    class Meta:
        verbose_name_plural = "cities"

    def __str__(self) -> str:
        return self.slug


class Place(models.Model):
    """An area of a city, in a tree; with a boundary where one is known."""

    city = models.ForeignKey(City, models.PROTECT, related_name="places")
    code = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    level = models.CharField(max_length=32)
    names = models.JSONField()
    aliases = models.JSONField(default=list)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    boundary = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry")
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "code"], name="place_code")]

    def __str__(self) -> str:
        return self.code


class Department(models.Model):
    """Who does the work."""

    city = models.ForeignKey(City, models.PROTECT, related_name="departments")
    code = models.CharField(max_length=64)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    names = models.JSONField()
    email = models.EmailField(blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "code"], name="department_code")]

    def __str__(self) -> str:
        return self.code


class Service(models.Model):
    """A kind of problem the city handles (an Open311 service)."""

    class Kind(models.TextChoices):
        REALTIME = "realtime"
        BATCH = "batch"
        BLACKBOX = "blackbox"

    city = models.ForeignKey(City, models.PROTECT, related_name="services")
    code = models.CharField(max_length=120)
    group = models.CharField(max_length=64)
    names = models.JSONField()
    hints = models.JSONField(default=dict)
    keywords = models.JSONField(default=dict, help_text="words by language")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REALTIME)
    first_answer = models.CharField(max_length=16, help_text="span of working time, such as 4h")
    resolution = models.CharField(max_length=16)
    danger = models.CharField(max_length=4, blank=True, help_text="soon or now, of itself")
    public = models.BooleanField(default=True, help_text="words and exact place are published")
    questions = models.JSONField(default=list, help_text="Open311 attributes")
    order = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "code"], name="service_code")]
        ordering = ["order"]

    def __str__(self) -> str:
        return self.code


class Owner(models.Model):
    """The department that owns a service, or a whole group, in a place and all below it."""

    city = models.ForeignKey(City, models.CASCADE, related_name="owners")
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True)
    group = models.CharField(max_length=64, blank=True)
    place = models.ForeignKey(Place, models.CASCADE, null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT)

    def __str__(self) -> str:
        return f"{self.service_id or self.group} in {self.place_id}: {self.department_id}"
