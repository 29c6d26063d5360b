"""The catalogue of a city's data by DCAT-AP 3.0, so that data portals find and harvest it.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/ says what a catalogue has to tell; values that it
takes from controlled vocabularies are addresses of the EU's authority tables. rdflib is large: for
a process of its own.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.conf import settings
from django.utils.functional import Promise
from rdflib import (
    DCAT,
    DCTERMS,
    FOAF,
    RDF,
    RDFS,
    SKOS,
    XSD,
    BNode,
    Graph,
    Literal,
    Namespace,
    URIRef,
)

from ngoma.base.months import first_day, read
from ngoma.base.quad import Box
from ngoma.cities.book import Book
from ngoma.cities.terms import Terms
from ngoma.insight.opendata import datasets
from ngoma.insight.opendata.datasets import DATASETS, Dataset
from ngoma.insight.opendata.languages import AUTHORITY, said, spoken
from ngoma.insight.opendata.manifest import File, Manifest

FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
"""The catalogue's own formats by the end of the file's name, as rdflib calls them."""

NAMES = tuple(f"catalog.{end}" for end in FORMATS)
"""The names of its files."""

_EU = "http://publications.europa.eu/resource/authority/"
_FILE_TYPES = {"csv": "CSV", "geojson": "GEOJSON", "parquet": "PARQUET", "json": "JSON"}
_THEMES = {"GOVE": "Government and public sector", "REGI": "Regions and cities"}
_IANA = "https://www.iana.org/assignments/media-types/"
_BULK = URIRef("https://wiki.open311.org/GeoReport/bulk")
_GEOREPORT = URIRef("https://wiki.open311.org/GeoReport_v2/")
_VERSION = URIRef(f"{DCAT}version")  # of DCAT 3; rdflib knows the second
_SPDX = Namespace("http://spdx.org/rdf/terms#")
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_GEO = Namespace("http://www.opengis.net/ont/geosparql#")


def address(book: Book, page: str = "") -> str:
    """The address of a page of the city's data, the same for whoever asks."""
    return f"{settings.NGOMA_URL}/{book.slug}/data{page and '/'}{page}"


def make(
    book: Book, terms: Terms, manifest: Manifest, box: Box | None, issued: date
) -> dict[str, bytes]:
    """The catalogue in all `FORMATS`, by the name of its file.

    `box` is around the city where its boundaries are known, `issued` the day of the first version.
    """
    graph = _Catalogue(book, terms, manifest, box, issued).graph
    return {
        f"catalog.{end}": graph.serialize(format=name, encoding="utf-8")
        for end, name in FORMATS.items()
    }


class _Catalogue:
    """The graph, built from the whole to its parts."""

    def __init__(
        self, book: Book, terms: Terms, manifest: Manifest, box: Box | None, issued: date
    ) -> None:
        self.book, self.terms, self.manifest, self.issued = book, terms, manifest, issued
        self.graph = Graph(bind_namespaces="none")
        for prefix, names in {
            "dcat": DCAT,
            "dct": DCTERMS,
            "foaf": FOAF,
            "skos": SKOS,
            "rdfs": RDFS,
            "spdx": _SPDX,
            "vcard": _VCARD,
            "geo": _GEO,
            "xsd": XSD,
        }.items():
            self.graph.bind(prefix, names)
        self.root = URIRef(address(book, "catalog"))
        self.place = self._location(box)
        self.publisher = self._publisher()
        self.contact = self._contact()
        self.service = URIRef(f"{self.root}#open311")
        described = [each for each in DATASETS if any(self._files(each))]
        self._catalogue(described)
        for each in described:
            self._dataset(each)
        self._service(described)

    def _catalogue(self, described: Iterable[Dataset]) -> None:
        scheme = URIRef(_EU + "data-theme")
        self._say(
            scheme, (RDF.type, SKOS.ConceptScheme), (DCTERMS.title, Literal("Data theme", "en"))
        )
        self._say(
            self.root,
            (RDF.type, DCAT.Catalog),
            (DCTERMS.publisher, self.publisher),
            (DCTERMS.license, self._licence(self.terms.licence)),
            (DCTERMS.issued, _day(self.issued)),
            (DCTERMS.modified, self._modified()),
            (DCTERMS.spatial, self.place),
            (FOAF.homepage, self._document(address(self.book))),
            (DCAT.themeTaxonomy, scheme),
            (DCAT.service, self.service),
            *((DCAT.dataset, self._name(each.key)) for each in described),
            *((DCTERMS.language, each) for each in self._languages()),
        )
        self._titled(self.root, datasets.CATALOGUE, datasets.ABOUT)

    def _dataset(self, dataset: Dataset) -> None:
        node = self._name(dataset.key)
        self._say(
            node,
            (RDF.type, DCAT.Dataset),
            (DCTERMS.publisher, self.publisher),
            (DCTERMS.identifier, Literal(str(node))),
            (DCTERMS.issued, _day(self.issued)),
            (DCTERMS.modified, self._modified()),
            (DCTERMS.spatial, self.place),
            (DCTERMS.accrualPeriodicity, self._concept("frequency/DAILY", DCTERMS.Frequency)),
            (DCTERMS.accessRights, self._concept("access-right/PUBLIC", DCTERMS.RightsStatement)),
            (DCTERMS.provenance, self._provenance()),
            (_VERSION, Literal(self.manifest.version.isoformat())),
            (DCAT.contactPoint, self.contact),
            (DCAT.theme, self._theme(dataset.theme)),
            (DCAT.landingPage, self._document(address(self.book))),
            *((DCTERMS.language, each) for each in self._languages()),
            *((DCAT.distribution, self._distribution(each)) for each in self._files(dataset)),
        )
        if dataset.key in ("reports", "counts") and self.manifest.first_month:
            self._say(node, (DCTERMS.temporal, self._period()))
        if dataset.key == "reports":
            self._say(node, (DCTERMS.conformsTo, self._standard(_BULK, "GeoReport Bulk")))
        self._titled(node, dataset.title, dataset.description)
        for keyword in dataset.keywords:
            self._texts(node, DCAT.keyword, said(self.book, keyword))

    def _distribution(self, file: File) -> URIRef:
        node, url = self._name(file.name), URIRef(address(self.book, file.name))
        kind = URIRef(_IANA + file.media_type)
        checksum = BNode()
        self._say(
            checksum,
            (RDF.type, _SPDX.Checksum),
            (_SPDX.algorithm, _SPDX.checksumAlgorithm_sha256),
            (_SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)),
        )
        self._say(_SPDX.checksumAlgorithm_sha256, (RDF.type, _SPDX.ChecksumAlgorithm))
        self._say(kind, (RDF.type, DCTERMS.MediaType))
        self._say(
            node,
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, Literal(file.name)),
            (DCAT.accessURL, url),
            (DCAT.downloadURL, url),
            (DCTERMS["format"], self._file_type(file)),
            (DCAT.mediaType, kind),
            (DCAT.byteSize, Literal(str(file.bytes), datatype=XSD.nonNegativeInteger)),
            (DCTERMS.license, self._licence(self._licence_of(file))),
            (DCTERMS.modified, Literal(file.modified)),
            (_SPDX.checksum, checksum),
        )
        return node

    def _service(self, described: Iterable[Dataset]) -> None:
        served = [each for each in described if each.key in ("reports", "services")]
        base = f"{settings.NGOMA_URL}/open311/v2/"
        self._say(
            self.service,
            (RDF.type, DCAT.DataService),
            (DCAT.endpointURL, URIRef(base)),
            (DCAT.endpointDescription, URIRef(f"{base}discovery.json")),
            (DCTERMS.publisher, self.publisher),
            (DCAT.contactPoint, self.contact),
            (DCTERMS.license, self._licence(self.terms.licence)),
            (DCTERMS.accessRights, self._concept("access-right/PUBLIC", DCTERMS.RightsStatement)),
            (DCTERMS.conformsTo, self._standard(_GEOREPORT, "Open311 GeoReport v2")),
            *((DCAT.servesDataset, self._name(each.key)) for each in served),
        )
        self._texts(self.service, DCTERMS.title, said(self.book, datasets.SERVICE))

    def _publisher(self) -> URIRef:
        node = self._name("publisher")
        self._say(node, (RDF.type, FOAF.Agent))
        self._texts(node, FOAF.name, self.terms.publisher)
        if self.terms.homepage:
            self._say(node, (FOAF.homepage, self._document(self.terms.homepage)))
        return node

    def _contact(self) -> URIRef:
        node = self._name("contact")
        self._say(
            node,
            (RDF.type, _VCARD.Kind),
            (RDF.type, _VCARD.Organization),
            (_VCARD.hasEmail, URIRef(f"mailto:{self.terms.contact}")),
        )
        self._texts(node, _VCARD.fn, self.terms.publisher)
        return node

    def _location(self, box: Box | None) -> URIRef:
        node = self._name("area")
        self._say(node, (RDF.type, DCTERMS.Location))
        lat, lon = self.book.settings["map"]["center"]
        if box is None:
            point = Literal(f"POINT({lon} {lat})", datatype=_GEO.wktLiteral)
            self._say(node, (DCAT.centroid, point))
        else:
            south, west, north, east = box
            ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
            text = ", ".join(f"{x} {y}" for x, y in ring)
            self._say(node, (DCAT.bbox, Literal(f"POLYGON(({text}))", datatype=_GEO.wktLiteral)))
        return node

    def _period(self) -> BNode:
        node, first = BNode(), first_day(read(self.manifest.first_month))
        self._say(
            node,
            (RDF.type, DCTERMS.PeriodOfTime),
            (DCAT.startDate, _day(first)),
            (DCAT.endDate, _day(self.manifest.version)),
        )
        return node

    def _provenance(self) -> URIRef:
        node = self._name("provenance")
        self._say(node, (RDF.type, DCTERMS.ProvenanceStatement))
        self._texts(node, RDFS.label, said(self.book, datasets.PROVENANCE))
        self._texts(node, RDFS.comment, self.terms.credit)
        return node

    def _theme(self, code: str) -> URIRef:
        node = self._concept(f"data-theme/{code}", SKOS.Concept)
        self._say(
            node,
            (SKOS.prefLabel, Literal(_THEMES[code], "en")),
            (SKOS.inScheme, URIRef(_EU + "data-theme")),
        )
        return node

    def _file_type(self, file: File) -> URIRef:
        return self._concept(f"file-type/{_FILE_TYPES[_end(file.name)]}", DCTERMS.MediaTypeOrExtent)

    def _licence(self, licence: str) -> URIRef:
        self._say(URIRef(licence), (RDF.type, DCTERMS.LicenseDocument))
        return URIRef(licence)

    def _licence_of(self, file: File) -> str:
        return self.terms.places_licence if file.dataset == "places" else self.terms.licence

    def _standard(self, url: URIRef, title: str) -> URIRef:
        self._say(url, (RDF.type, DCTERMS.Standard), (DCTERMS.title, Literal(title)))
        return url

    def _document(self, url: str) -> URIRef:
        self._say(URIRef(url), (RDF.type, FOAF.Document))
        return URIRef(url)

    def _languages(self) -> list[URIRef]:
        known = (AUTHORITY[each] for each in spoken(self.book) if each in AUTHORITY)
        return [self._concept(f"language/{each}", DCTERMS.LinguisticSystem) for each in known]

    def _concept(self, name: str, kind: URIRef) -> URIRef:
        node = URIRef(_EU + name)
        self._say(node, (RDF.type, kind))
        return node

    def _files(self, dataset: Dataset) -> Iterable[File]:
        return (each for each in self.manifest.files if each.dataset == dataset.key)

    def _name(self, name: str) -> URIRef:
        return URIRef(f"{self.root}#{name}")

    def _modified(self) -> Literal:
        return Literal(self.manifest.published_at)

    def _titled(self, node: URIRef, title: Promise, description: Promise) -> None:
        self._texts(node, DCTERMS.title, said(self.book, title))
        self._texts(node, DCTERMS.description, said(self.book, description))

    def _texts(self, node: URIRef, what: URIRef, texts: Mapping[str, str]) -> None:
        self._say(node, *((what, Literal(text, language)) for language, text in texts.items()))

    def _say(self, node: URIRef | BNode, *facts: tuple[URIRef, URIRef | BNode | Literal]) -> None:
        for what, value in facts:
            self.graph.add((node, what, value))


def _day(day: date) -> Literal:
    return Literal(day)


def _end(name: str) -> str:
    return name.rpartition(".")[2]
