"""Views: pages of the desk with their filters, as people keep, share and publish them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from ngoma.records.models import SavedView


class Target(NamedTuple):
    """Where a public link leads: a page of residents, and its query."""

    page: str
    query: str


def own(user_id: int, city_id: int) -> "QuerySet[SavedView]":
    """What somebody keeps in a city, by name."""
    return SavedView.objects.filter(user=user_id, city=city_id, removed_at=None).order_by("name")


def removed(user_id: int, city_id: int, since: datetime) -> "QuerySet[SavedView]":
    """What somebody removed since a moment and may bring back."""
    return SavedView.objects.filter(user=user_id, city=city_id, removed_at__gte=since)


def forget(city_id: int, before: datetime) -> None:
    """Delete what was removed so long ago that nobody brings it back."""
    SavedView.objects.filter(city=city_id, removed_at__lt=before).delete()


def seen(user_id: int, city_id: int) -> "QuerySet[SavedView]":
    """What somebody may open: their own and what colleagues share."""
    mine = Q(user=user_id) | Q(shared=True)
    return SavedView.objects.filter(mine, city=city_id, removed_at=None)


def of_page(user_id: int, city_id: int, page: str, most: int) -> list[SavedView]:
    """Those of one page that somebody may open, their own first, then by name."""
    found = list(seen(user_id, city_id).filter(page=page).order_by("name", "pk")[: 4 * most])
    return sorted(found, key=lambda each: each.user_id != user_id)[:most]


def of_colleagues(
    user_id: int, city_id: int, pages: Sequence[str], after: int | None, most: int
) -> list[SavedView]:
    """What colleagues share of some pages, the newest first, from a key on."""
    found = seen(user_id, city_id).exclude(user=user_id).filter(page__in=pages)
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found.select_related("user").order_by("-pk")[:most])


def published(city_id: int) -> "QuerySet[SavedView]":
    """What has a public link, the newest first."""
    found = SavedView.objects.filter(city=city_id, removed_at=None, code__isnull=False)
    return found.select_related("user").order_by("-pk")


def target(city_id: int, code: str) -> Target | None:
    """Where the public link of a city leads; None where it is none, or no longer."""
    found = SavedView.objects.filter(city=city_id, removed_at=None, code=code)
    row = found.values_list("public_page", "public_query").first()
    return Target(*row) if row else None
