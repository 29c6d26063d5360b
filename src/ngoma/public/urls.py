"""The addresses of the residents' pages: under a city's slug, or at the top of its own host."""

from django.urls import URLPattern, URLResolver, path

from ngoma.look.addresses import below_cities
from ngoma.public import (
    embedding,
    figures,
    finding,
    following,
    handing_in,
    home,
    installing,
    listing,
    mapping,
    media,
    mine,
    own,
    places,
    programs,
    reading,
    reporting,
    tracking,
    uploading,
    viewing,
    your_data,
)
from ngoma.public.ledger import pages as ledger
from ngoma.public.ledger import verifying
from ngoma.public.opendata import files
from ngoma.public.opendata import pages as opendata

PAGES: list[URLPattern | URLResolver] = [
    path("", home.home),
    path("report", reporting.report),
    path("report/suggest", reporting.suggest),
    path("report/photos/<str:upload>", uploading.photo),
    path("report/hand-in", handing_in.hand_in),
    path("manifest.json", installing.manifest),
    path("offline", installing.offline),
    path("worker.js", installing.worker),
    path("find", finding.find),
    path("card.jpg", home.card),
    path("r/<str:reference>", tracking.track),
    path("r/<str:reference>/card.jpg", tracking.card),
    path("r/<str:reference>/<str:secret>", own.own),
    path("r/<str:reference>/<str:secret>/receipt", own.receipt),
    path("r/<str:reference>/<str:secret>/proof/<int:seq>", own.proof),
    path("follow", following.follow),
    path("follow/browser", following.in_browser),
    path("follow/<str:secret>", following.followed),
    path("mine", mine.mine),
    path("mine/<str:token>", mine.list_of),
    path("map", listing.map_and_list),
    path("map/reports.svg", mapping.picture),
    path("list", listing.list_only),
    path("list/part", listing.part),
    path("list/<str:reference>", listing.one),
    path("embed", embedding.embed),
    path("tiles/<int:zoom>/<int:x>/<int:y>.json", mapping.tile),
    path("outline.json", mapping.outline),
    path("map.svg", mapping.drawing_of),
    path("places", places.all_places),
    path("places/<path:code>/card.jpg", places.card),
    path("places/<path:code>", places.place),
    path("your-data", your_data.your_data),
    path("data", opendata.data),
    path("data/catalog", files.catalogue),
    path("data/manifest.json", files.newest),
    path("data/versions/<str:day>.json", files.version),
    path("data/<str:name>", files.file),
    path("ledger", ledger.ledger),
    path("ledger/proof/<str:code>", ledger.proof),
    path("ledger/verify", verifying.verify),
    path("figures", figures.view),
    path("v/<slug:code>", viewing.published),
    path("how-reports-are-read", reading.how),
    path("how-reports-are-read.json", reading.figures),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.front),
    path("media/public/<path:path>", media.public),
    path("media/inside/<str:name>-<int:edge>.jpg", media.inside),
    path("openapi.yaml", programs.openapi),
    *PAGES[1:],
    *below_cities(PAGES),
]
