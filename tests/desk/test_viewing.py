"""Views: a page and its filters are kept under a name, shared, published and taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.desk.viewing import MOST, PAGES
from ngoma.records.models import Case, SavedView, User
from tests.desk.test_forecast import foretold
from tests.desk.test_outcomes import keep
from tests.public.test_figures import keep as keep_public
from tests.public.test_figures import made

pytestmark = pytest.mark.django_db
VIEWS = "/desk/small/views/"

__all__ = ["foretold"]


def keep_view(client: Client, page: str, name: str = "Mine", **filters: str) -> SavedView:
    """Keeps a page by the form that stands on it."""
    shown = client.get(f"/desk/small/{page}/", filters).content.decode()
    form = shown.split('class="choose views"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(page|query)" value="([^"]*)"', form))
    fields = {key: unescape(value) for key, value in fields.items()}
    answer = client.post(VIEWS, {**fields, "name": name})
    assert answer.status_code == 302
    return SavedView.objects.latest("pk")


def do(client: Client, view: SavedView, change: str, **fields: str) -> Any:
    return client.post(f"{VIEWS}{view.pk}/{change}/", fields, follow=True)


def said(answer: Any) -> str:
    return unescape(
        "".join(re.findall(r'<div class="toldbar.*?</div>', answer.content.decode(), re.S))
    )


FILTERS = {
    "work": {"state": "all", "department": "roads", "service": "pothole", "place": "west",
             "assignee": "me", "late": "1", "parts": "1", "passed": "1"},
    "board": {"department": "roads"},
    "situation": {"span": "week", "place": "west"},
    "performance": {"department": "roads", "service": "pothole", "place": "kasubi",
                    "from": "2026-01", "to": "2026-03"},
    "outcomes": {"department": "roads", "months": "3", "service": "pothole"},
    "forecast": {"service": "pothole", "place": "west"},
    "topics": {"service": "pothole", "place": "west", "language": "sw"},
    "reading": {},
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_its_filters_in_words(
    page: str, coordinator: Client, town: Book, foretold: Any
) -> None:
    keep(town, 48, "roads", 3)
    chosen = FILTERS[page]
    view = keep_view(coordinator, page, **chosen)
    assert (view.page, dict(pair.split("=") for pair in view.query.split("&") if pair)) == (
        page,
        chosen,
    )
    answer = coordinator.get(f"{VIEWS}{view.pk}/")
    where = f"/desk/small/{page}/" + (f"?{urlencode(chosen)}" if chosen else "")
    assert answer["Location"].partition("?")[0] == where.partition("?")[0]
    assert sorted(answer["Location"].partition("?")[2].split("&")) == sorted(
        where.partition("?")[2].split("&")
    )
    shown = coordinator.get(answer["Location"])
    assert shown.status_code == 200
    assert f'{VIEWS}{view.pk}/" aria-current="true">Mine<' in shown.content.decode()
    if chosen:
        other = coordinator.get(f"/desk/small/{page}/").content.decode()
        assert f'{VIEWS}{view.pk}/">Mine<' in other


def test_what_somebody_searches_for_is_not_kept(coordinator: Client, town: Book) -> None:
    page = coordinator.get("/desk/small/work/", {"q": "Aisha"}).content.decode()
    assert "choose views" not in page
    coordinator.post(VIEWS, {"page": "work", "name": "x", "query": "q=Aisha&csv=1&state=all"})
    assert SavedView.objects.get().query == "state=all"


def test_a_view_is_ones_own_until_it_is_shared(
    coordinator: Client, at_work: Callable[..., Client], town: Book
) -> None:
    view = keep_view(coordinator, "work", "West, late", late="1", place="west")
    colleague, agent = at_work("supervisor"), at_work("agent")
    for other in (colleague, agent):
        assert other.get(f"{VIEWS}{view.pk}/").status_code == 404
        assert "West, late" not in other.get(VIEWS).content.decode()
        assert "West, late" not in other.get("/desk/small/work/").content.decode()
    assert "its link opens to them" in said(do(coordinator, view, "share"))
    for other in (colleague, agent):
        assert other.get(f"{VIEWS}{view.pk}/")["Location"].endswith("work/?place=west&late=1")
        assert "West, late" in other.get(VIEWS).content.decode()
        assert "West, late" in other.get("/desk/small/work/").content.decode()
        for change in ("rename", "share", "unshare", "remove", "undo", "publish", "revoke"):
            answer = other.post(f"{VIEWS}{view.pk}/{change}/", {"name": "Stolen"})
            assert answer.status_code in (403, 404), change
    assert f"http://localhost{VIEWS}{view.pk}/" in coordinator.get(VIEWS).content.decode()
    assert "yours alone" in said(do(coordinator, view, "unshare"))
    assert colleague.get(f"{VIEWS}{view.pk}/").status_code == 404
    view.refresh_from_db()
    assert (view.name, view.removed_at) == ("West, late", None)


def test_a_link_shows_nobody_more_than_they_may_see(
    coordinator: Client, at_work: Callable[..., Client], told: Callable[..., Case], town: Book
) -> None:
    told("Secret words")
    view = keep_view(coordinator, "topics", "Plan")
    cases = keep_view(coordinator, "work", "All", state="all")
    do(coordinator, view, "share")
    do(coordinator, cases, "share")
    officer = at_work("officer", "front")
    assert "Plan" not in officer.get(VIEWS).content.decode()
    assert officer.get(f"{VIEWS}{view.pk}/", follow=True).status_code == 403
    shown = officer.get(f"{VIEWS}{cases.pk}/", follow=True)
    assert shown.status_code == 200
    assert "Secret words" not in shown.content.decode()


def test_a_view_is_renamed_and_one_name_is_had_once(coordinator: Client, town: Book) -> None:
    first, second = keep_view(coordinator, "work", "A"), keep_view(coordinator, "board", "B")
    assert "Renamed" in said(do(coordinator, first, "rename", name="  C\n"))
    assert "that name already" in said(do(coordinator, second, "rename", name="C"))
    assert "a name first" in said(do(coordinator, second, "rename", name="\0 "))
    answer = coordinator.post(VIEWS, {"page": "work", "query": "", "name": "B"}, follow=True)
    assert "that name already" in said(answer)
    assert list(SavedView.objects.order_by("pk").values_list("name", flat=True)) == ["C", "B"]


def test_a_removed_view_can_be_brought_back_for_a_moment(
    coordinator: Client, town: Book, settings: Any
) -> None:
    settings.NGOMA_UNDO = 10
    view = keep_view(coordinator, "work", "Mine")
    do(coordinator, view, "share")
    answer = do(coordinator, view, "remove")
    assert "is removed" in said(answer)
    assert f'action="{VIEWS}{view.pk}/undo/"' in said(answer)
    assert coordinator.get(f"{VIEWS}{view.pk}/").status_code == 404
    assert "Mine" not in coordinator.get("/desk/small/work/").content.decode()
    assert "is there again" in said(do(coordinator, view, "undo"))
    assert coordinator.get(f"{VIEWS}{view.pk}/").status_code == 302
    do(coordinator, view, "remove")
    keep_view(coordinator, "work", "Mine")
    assert "that name already" in said(do(coordinator, view, "undo"))
    long_ago = now() - timedelta(seconds=16)
    SavedView.objects.filter(pk=view.pk).update(removed_at=long_ago)
    assert do(coordinator, view, "undo").status_code == 404
    do(coordinator, SavedView.objects.latest("pk"), "remove")
    assert not SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize(
    ("page", "filters", "leads"),
    [
        ("work", {}, "list?state=open"),
        ("work", {"late": "1", "service": "pothole"}, "list?what=pothole&state=late"),
        ("work", {"state": "all", "place": "west"}, "list?place=west"),
        ("outcomes", {}, "figures"),
        ("outcomes", {"service": "pothole"}, "figures?service=pothole"),
        ("reading", {}, "how-reports-are-read"),
        ("work", {"department": "roads"}, None),
        ("work", {"assignee": "me"}, None),
        ("work", {"state": "done"}, None),
        ("outcomes", {"department": "roads"}, None),
        ("outcomes", {"months": "3"}, None),
        ("board", {}, None),
        ("forecast", {}, None),
        ("topics", {"place": "west"}, None),
        ("performance", {"service": "pothole"}, None),
        ("situation", {}, None),
    ],
)
def test_only_what_residents_can_see_anyway_is_published(
    page: str, filters: dict[str, str], leads: str | None, coordinator: Client, town: Book
) -> None:
    keep(town, 48)
    keep(town, 48, "roads")
    keep(town, 48, months=3)
    SavedView.objects.create(
        user=User.objects.get(), city_id=town.id, page=page, query=urlencode(filters), name="Mine"
    )
    view = SavedView.objects.get()
    listed = coordinator.get(VIEWS).content.decode()
    assert (f"{VIEWS}{view.pk}/publish/" in listed) is (leads is not None)
    answer = do(coordinator, view, "publish")
    view.refresh_from_db()
    if leads is None:
        assert "no page that shows this" in said(answer)
        assert view.code is None
        return
    assert len(view.code or "") == 8
    assert f"http://localhost/small/v/{view.code}" in answer.content.decode()
    reader = Client(SERVER_NAME="localhost")
    answer = reader.get(f"/small/v/{view.code}")
    assert answer["Location"] == f"/small/{leads}"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert reader.get(f"/small/sw/v/{view.code}")["Location"] == f"/small/sw/{leads}"
    assert reader.get(f"/small/v/{view.code}", follow=True).status_code == 200


def test_a_published_view_hides_small_numbers(coordinator: Client, town: Book) -> None:
    """Staff see a service with four cases; behind the public link it has no number."""
    services = [made("pothole", 90), made("light", 4), made("else", 4)]
    keep_public(town, {"district": [], "service": services, "department": [], "channel": [],
                       "language": []}, 98)  # fmt: skip
    view = keep_view(coordinator, "outcomes", "Lights", service="light")
    inside = coordinator.get(f"{VIEWS}{view.pk}/", follow=True).content.decode()
    assert "<dt>Reported</dt><dd>4</dd>" in inside
    do(coordinator, view, "publish")
    view.refresh_from_db()
    reader = Client(SERVER_NAME="localhost")
    outside = reader.get(f"/small/v/{view.code}", follow=True).content.decode()
    main = outside.split("<main")[1].split("</main>")[0]
    assert "Street light" in main
    assert "too few cases" in main
    assert "<svg" not in main
    assert "<td" not in main
    rows = reader.get("/small/figures", {"service": "light", "csv": "days"}).content.decode()
    assert rows.splitlines()[1:] == []
    assert "Lights" not in outside


def test_who_may_publish_and_take_back(
    coordinator: Client, at_work: Callable[..., Client], town: Book
) -> None:
    officer = at_work("officer")
    own = keep_view(officer, "work", "Open ones")
    assert "/publish/" not in officer.get(VIEWS).content.decode()
    assert officer.post(f"{VIEWS}{own.pk}/publish/").status_code == 403
    view = keep_view(coordinator, "work", "Published")
    do(coordinator, view, "publish")
    view.refresh_from_db()
    code, reader = view.code, Client(SERVER_NAME="localhost")
    assert officer.post(f"{VIEWS}{view.pk}/revoke/").status_code == 404
    assert reader.get(f"/small/v/{code}").status_code == 302
    administrator = at_work("administrator")
    assert f"/small/v/{code}" in administrator.get(VIEWS).content.decode()
    assert f"/small/v/{code}" not in officer.get(VIEWS).content.decode()
    assert administrator.get(f"{VIEWS}{view.pk}/").status_code == 404
    do(administrator, view, "revoke")
    assert reader.get(f"/small/v/{code}").status_code == 404
    do(coordinator, view, "publish")
    view.refresh_from_db()
    assert view.code != code
    do(coordinator, view, "remove")
    assert reader.get(f"/small/v/{view.code}").status_code == 404
    do(coordinator, view, "undo")
    assert reader.get(f"/small/v/{view.code}").status_code == 302


def test_a_public_link_is_of_one_city(coordinator: Client, town: Book) -> None:
    reader = Client(SERVER_NAME="localhost")
    for code in ("x", "0" * 500, "%00", "..%2F..", "None", ""):
        assert reader.get(f"/small/v/{code}").status_code == 404
    keep_view(coordinator, "work", "Not published")
    assert reader.get("/small/v/None").status_code == 404


def test_wild_forms_are_refused_and_as_many_kept_as_there_can_be(
    coordinator: Client, town: Book
) -> None:
    for page in ("", "x", "views", "cases/1", "work/../../../evil", "people"):
        assert coordinator.post(VIEWS, {"page": page, "name": "x"}).status_code == 404
    for query in ("%00", "service=" + "x" * 2000, "&&&=", "service=<script>", "state=all\r\nX: y"):
        answer = coordinator.post(VIEWS, {"page": "work", "name": query[:20], "query": query})
        assert answer.status_code == 302
        assert "\n" not in answer["Location"]
    assert coordinator.get(VIEWS).status_code == 200
    assert (
        "<script>"
        not in coordinator.get(VIEWS).content.decode().split("<main")[1].split("</main")[0]
    )
    for number in range(MOST):
        coordinator.post(VIEWS, {"page": "board", "name": f"View {number}"})
    assert SavedView.objects.count() == MOST
    answer = coordinator.post(VIEWS, {"page": "board", "name": "One more"}, follow=True)
    assert "as many as there can be" in said(answer)
    assert coordinator.post(f"{VIEWS}{'9' * 18}/share/").status_code == 404
    assert coordinator.post(f"{VIEWS}1/x/").status_code == 404


def test_many_shared_views_come_page_by_page(
    coordinator: Client, at_work: Callable[..., Client], town: Book
) -> None:
    owner = User.objects.get()
    SavedView.objects.bulk_create(
        SavedView(user=owner, city_id=town.id, page="work", query="", name=f"View {n}", shared=True)
        for n in range(60)
    )
    client = at_work("agent")
    first = client.get(VIEWS).content.decode()
    more = re.search(r'href="(/desk/small/views/\?after=\d+)"', first)
    assert more
    second = client.get(more[1]).content.decode()
    names = [re.findall(r">(View \d+)<", each.split("<main")[1]) for each in (first, second)]
    assert [len(each) for each in names] == [50, 10]
    assert not set(names[0]) & set(names[1])
