"""Every page that a resident can see: the one list that all measurements go through.

A new page is one more line in `PAGES`, and then it is held to everything in `test_everyone.py`,
`test_nu.py` and `test_weight.py`, and shown in `docs/screens/`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab
    from playwright.sync_api import Response


@dataclass(frozen=True, slots=True)
class Face:
    """A city in one of its languages. `start` is where its pages begin."""

    city: str
    language: str
    start: str

    @property
    def name(self) -> str:
        """As the parameters of tests and the rows of contact sheets call it."""
        return f"{self.city}-{self.language}"


FACES = (
    Face("kampala", "en", "/kampala/"),
    Face("kampala", "lg", "/kampala/lg/"),
    Face("kampala", "sw", "/kampala/sw/"),
    Face("seoul", "ko", "/seoul/"),
)
"""The four languages that ship."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report of the stage: its reference and the secret of its own page."""

    reference: str
    secret: str

    @property
    def own(self) -> str:
        """The end of the reporter's own address."""
        return f"{self.reference}/{self.secret}"


PLACES = {"kampala": ("kawempe", "makindye"), "seoul": ("11140", "11020")}
"""Of each city, the code of a place with the reports of the stage, and of one without."""

Reports = Mapping[str, Mapping[str, Told]]
"""By city, the reports by what became of them (`stage.py`)."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are answered, and the reports that they tell of."""

    url: str
    told: Reports


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or one thing that a page can look like.

    `address` goes on from a city's start, or begins with a slash where no city is meant; the names
    of reports in it are those of `stage.py`. `sent` is posted there, from the page itself or, with
    `foreign`, from another site. `then` is done afterwards by hand, which needs a script. A page
    with a `form` has to work without one. `language` stands where it is always the same.
    """

    name: str
    address: str
    form: bool = False
    sent: Mapping[str, str] | None = None
    foreign: bool = False
    then: "Callable[[Tab], object] | None" = None
    status: int = 200
    map: bool = False
    language: str = ""

    def url(self, face: Face, site: Site) -> str:
        """Its whole address."""
        address = self.address.format(**_known(face), **site.told[face.city])
        return site.url + (address if address.startswith("/") else face.start + address)

    def fields(self, face: Face) -> dict[str, str]:
        """What is posted."""
        return {name: each.format(**_known(face)) for name, each in (self.sent or {}).items()}


def _known(face: Face) -> dict[str, str]:
    here, quiet = PLACES[face.city]
    return {"language": face.language, "here": here, "quiet": quiet}


def _press(times: int) -> "Callable[[Tab], object]":
    """The steps of a report, gone through by hand."""

    def press(tab: "Tab") -> None:
        tab.fill("#words", HOLE["words"])
        tab.locator(".dock button:visible").click()
        tab.locator("#location:visible").fill(HOLE["location"])
        if times > 1:
            tab.locator(".dock button:visible").click()
            tab.locator("#contact:visible").wait_for()

    return press


def _answer(*answers: int | str) -> "Callable[[Tab], object]":
    """A conversation, question by question: a button by its number, or words."""

    def answer(tab: "Tab") -> None:
        for each in answers:
            with tab.expect_navigation():
                if isinstance(each, int):
                    tab.locator("[name=choice]").nth(each - 1).click()
                else:
                    tab.fill("[name=words]", each)
                    tab.locator(".go").click()

    return answer


def _waiting(tab: "Tab") -> None:
    """Three reports on the phone: one waits, one has to be mended, one was sent."""
    tab.route("**/report/hand-in", lambda asked: asked.abort())
    tab.evaluate(_KEPT)
    tab.reload()
    tab.locator("#outbox li").nth(2).wait_for()


_KEPT = """async () => {
    const opened = await new Promise(done => {
        const asked = indexedDB.open("ngoma")
        asked.onsuccess = () => done(asked.result)
    })
    const home = document.getElementById("script").dataset.home
    const kept = opened.transaction("reports", "readwrite")
    const store = kept.objectStore("reports")
    for (const [state, told] of [["refused", 1], ["sent", 2], ["waiting", 3]]) store.put({
        key: `00000000-0000-4000-8000-00000000000${told}`, home, told: 1.7e12 + told * 1e9, state,
        title: "Deep hole", words: "Deep hole", photos: [], answers: {}, lat: null, lon: null,
        reference: state == "sent" ? "KLA7F3K29" : "", url: state == "sent" ? home : "",
        problems: state == "refused" ? [{step: "send", field: "contact", text: "Mend this."}] : [],
    })
    await new Promise(done => { kept.oncomplete = done })
    opened.close()
}"""
HOLE = {"words": "Deep hole in the road", "location": "Opposite the market gate"}
WIRE = {"words": "A live wire is on the ground, 전선이 끊어져 불꽃이 튑니다"}
WHERE = HOLE | {"go": "where"}
NOWHERE = HOLE | {"location": "", "go": "check"}
NEIGHBOUR = {"place": "{here}", "contact": "neighbour@example.org"}
CHECK = HOLE | {"place": "{here}", "go": "check"}
WRONG = CHECK | {"contact": "12", "go": "send"}
PAGES = (
    Page("cities", "/?lang={language}"),
    Page("home", "", form=True),
    Page("report", "report", form=True),
    Page("report-nothing", "report", form=True, sent={"go": "where"}, status=422),
    Page("where", "report", form=True, sent=WHERE),
    Page("where-by-hand", "report", then=_press(1)),
    Page("where-nothing", "report", form=True, sent=NOWHERE, status=422),
    Page("where-danger", "report", form=True, sent=WIRE | {"go": "where"}),
    Page("send", "report", form=True, sent=CHECK),
    Page("send-by-hand", "report", then=_press(2)),
    Page("send-wrong", "report", form=True, sent=WRONG, status=422),
    Page("simple", "simple", form=True),
    Page("simple-words", "simple", then=_answer(1, 1)),
    Page("simple-end", "simple", then=_answer(1, 5, "Deep hole", "Behind the blue kiosk")),
    Page("receipt", "r/{received.own}/receipt"),
    Page("receipt-danger", "r/{danger.own}/receipt"),
    Page("receipt-joined", "r/{joined.own}/receipt"),
    Page("track-received", "r/{received.reference}"),
    Page("track-bare", "r/{bare.reference}"),
    Page("track-working", "r/{working.reference}"),
    Page("track-late", "r/{late.reference}"),
    Page("track-waiting", "r/{waiting.reference}"),
    Page("track-resolved", "r/{resolved.reference}"),
    Page("track-rejected", "r/{rejected.reference}"),
    Page("track-referred", "r/{referred.reference}"),
    Page("track-private", "r/{private.reference}"),
    Page("track-joined", "r/{joined.reference}"),
    Page("own-received", "r/{received.own}", form=True),
    Page("own-told", "r/{received.own}?told=inform", form=True),
    Page("own-nothing", "r/{received.own}", form=True, sent={"do": "inform", "text": ""}),
    Page("own-waiting", "r/{waiting.own}", form=True),
    Page("own-resolved", "r/{resolved.own}", form=True),
    Page("own-rated", "r/{rated.own}", form=True),
    Page("own-reopened", "r/{reopened.own}", form=True),
    Page("own-rejected", "r/{rejected.own}", form=True),
    Page("own-private", "r/{private.own}", form=True),
    Page("follow-wrong", "follow", form=True, sent=NEIGHBOUR | {"contact": "12"}, status=422),
    Page("follow-code", "follow", form=True, sent=NEIGHBOUR),
    Page("follow-code-wrong", "follow", form=True, sent=NEIGHBOUR | {"code": "1"}, status=422),
    Page("followed", "follow/{followed.secret}", form=True),
    Page("followed-place", "follow/{neighbour.secret}", form=True),
    Page("mine", "mine", form=True),
    Page("mine-waiting", "mine", then=_waiting),
    Page("mine-wrong", "mine", form=True, sent={"contact": "12"}, status=422),
    Page("mine-code", "mine", form=True, sent={"contact": "a@example.org"}),
    Page("mine-list", "mine/{mine.secret}", form=True),
    Page("offline", "offline"),
    Page("map", "map", map=True),
    Page("embed", "embed", map=True),
    Page("list", "list", form=True),
    Page("list-chosen", "list?state=open&days=30&place={here}", form=True),
    Page("list-empty", "list?state=late&days=7&place={quiet}", form=True),
    Page("find", "find", form=True),
    Page("find-wrong", "find?ref=KLA", form=True, status=404),
    Page("places", "places"),
    Page("place", "places/{here}"),
    Page("place-quiet", "places/{quiet}"),
    Page("your-data", "your-data"),
    Page("data", "data"),
    Page("how-reports-are-read", "how-reports-are-read"),
    Page("figures", "figures"),
    Page("figures-one", "figures?service=pothole"),
    Page("ledger", "ledger", form=True),
    Page("ledger-wrong", "ledger?code=18204-7KQ2M9F3XAB2C-261127-Y", form=True),
    Page("ledger-verify", "ledger/verify"),
    Page("missing", "nowhere", status=404),
    Page("missing-city", "/no-such-city/", status=404, language="en"),
    Page("refused", "report", sent={"go": "where"}, foreign=True, status=403),
)  # fmt: skip


def open_page(tab: "Tab", page: Page, face: Face, site: Site) -> "Response":
    """Come to a page in a browser as a reader would; the answer that showed it."""
    address = page.url(face, site)
    answer = tab.goto("data:text/html," if page.foreign else address)
    if page.sent is not None:
        with tab.expect_navigation() as sent:
            tab.evaluate(_SEND, [address, page.fields(face)])
        answer = sent.value
    assert answer is not None
    if page.then:
        page.then(tab)
    return answer


_SEND = """([address, fields]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: address})
    for (const [name, value] of Object.entries(fields))
        form.append(Object.assign(document.createElement("input"), {name, value}))
    document.body.append(form)
    form.submit()
}"""


def ask(reader: httpx.Client, page: Page, face: Face, site: Site) -> httpx.Response:
    """The same page without a browser, as the server sends it."""
    address = page.url(face, site)
    if page.sent is None:
        return reader.get(address)
    origin = {"Origin": "https://elsewhere.example"} if page.foreign else {}
    return reader.post(address, data=page.fields(face), headers=origin)
