"""Settings in Django's admin: what a city is, who works for it, and which programs may write.

Cases, events and reports can be looked up by number and never changed here; what a resident said,
how to reach them and secrets are not shown at all.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from ngoma.records.models import (
    ApiKey,
    Backup,
    Case,
    City,
    Department,
    Event,
    Forwarded,
    Job,
    Membership,
    Notice,
    Owner,
    Parked,
    PersonalRead,
    Place,
    Report,
    Service,
    User,
)

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    People = UserAdmin[User]
else:
    Admin, Inline, People = admin.ModelAdmin, admin.TabularInline, UserAdmin


class ReadOnly(Admin):
    """Looked at, never added to, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class OfCity(Admin):
    """Something of a city; a change of it makes the city's version grow, so that all see it."""

    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it and let every process read the city anew."""
        super().save_model(request, obj, form, change)
        city = obj if isinstance(obj, City) else obj.city
        City.objects.filter(pk=city.pk).update(version=city.version + 1)


@admin.register(City)
class CityAdmin(OfCity):
    list_display = ("slug", "country", "time_zone", "version")
    readonly_fields = ("slug", "prefix", "pack_digest", "version")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A city comes from its pack."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A city stays."""
        return False


@admin.register(Place)
class PlaceAdmin(OfCity):
    list_display = ("code", "city", "level", "parent", "retired")
    list_filter = ("city",)
    search_fields = ("code",)
    list_select_related = ("city", "parent")
    raw_id_fields = ("parent",)
    exclude = ("boundary",)


@admin.register(Department)
class DepartmentAdmin(OfCity):
    list_display = ("code", "city", "parent", "email", "retired")
    list_filter = ("city",)
    search_fields = ("code",)
    list_select_related = ("city", "parent")


@admin.register(Service)
class ServiceAdmin(OfCity):
    list_display = ("code", "city", "group", "first_answer", "resolution", "danger", "public")
    list_filter = ("city",)
    search_fields = ("code",)
    list_select_related = ("city",)


@admin.register(Owner)
class OwnerAdmin(OfCity):
    list_display = ("city", "service", "group", "place", "department")
    list_filter = ("city",)
    list_select_related = ("city", "service", "place", "department")
    raw_id_fields = ("place",)


class MembershipInline(Inline):
    model = Membership
    extra = 1


@admin.register(User)
class PeopleAdmin(People):
    inlines = (MembershipInline,)
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Ngoma", {"fields": ("language",)}))


@admin.register(Membership)
class MembershipAdmin(Admin):
    list_display = ("user", "city", "department", "role")
    list_filter = ("city", "role")
    list_select_related = ("user", "city", "department")


@admin.register(ApiKey)
class ApiKeyAdmin(Admin):
    """Keys are made at the command line, which shows them once; here they are revoked."""

    list_display = ("name", "city", "reports", "updates", "used_on", "expires_at", "revoked_at")
    readonly_fields = ("city", "created_at", "used_on", "former_until", "messages", "url")
    exclude = ("digest", "former", "secret", "former_secret")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The hash alone would let nobody in."""
        return False


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ("kind", "run_at", "attempts", "parked_at", "error")
    list_filter = ("kind",)
    ordering = ("run_at",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A parked job that nobody needs may go."""
        return obj is not None and obj.parked_at is not None


@admin.register(Forwarded)
class ForwardedAdmin(ReadOnly):
    """Cases with other bodies: how they stand there, and what goes wrong in asking."""

    list_display = ("body", "number", "token", "status", "moved_at", "ask_at", "failures", "error")
    list_filter = ("body", "status")
    ordering = ("-moved_at",)
    show_full_result_count = False


@admin.register(Parked)
class ParkedAdmin(ReadOnly):
    """What readers of events could not take."""

    list_display = ("reader", "case", "event", "parked_at", "tried_at", "tries", "error")
    list_filter = ("reader",)
    list_select_related = ("case",)
    ordering = ("-parked_at",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was looked at and needs nothing more may go."""
        return obj is not None


@admin.register(Backup)
class BackupAdmin(ReadOnly):
    list_display = ("kind", "began_at", "ended_at", "host", "snapshot", "size", "added", "failure")
    list_filter = ("kind",)
    ordering = ("-began_at",)


@admin.register(Case)
class CaseAdmin(ReadOnly):
    list_display = ("reference", "city", "state", "opened_at", "due")
    list_filter = ("city", "state")
    search_fields = ("reference",)
    list_select_related = ("city",)
    show_full_result_count = False
    exclude = ("lat", "lon", "quad")


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("id", "case", "seq", "kind", "at", "actor")
    list_select_related = ("case",)
    list_filter = ("kind",)
    exclude = ("data",)
    show_full_result_count = False


@admin.register(Report)
class ReportAdmin(ReadOnly):
    fields = ("reference", "city", "case", "received_at", "channel", "language", "service")
    list_display = ("reference", "city", "received_at", "channel")
    list_filter = ("city", "channel")
    list_select_related = ("city",)
    search_fields = ("reference",)
    show_full_result_count = False


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ("id", "report", "kind", "channel", "state", "attempts", "error")
    list_filter = ("state", "channel", "kind")
    list_select_related = ("report",)
    exclude = ("contact", "subject", "text")
    show_full_result_count = False


@admin.register(PersonalRead)
class PersonalReadAdmin(ReadOnly):
    """Who opened a contact, when and what for."""

    list_display = ("at", "user", "contact_id", "purpose")
    list_filter = ("purpose",)
    list_select_related = ("user",)
    ordering = ("-at",)
    show_full_result_count = False
