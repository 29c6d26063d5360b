"""The catalogue by DCAT-AP 3.0: every form says the same, nothing mandatory is missing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from ngoma.cities.book import Book
from ngoma.cities.node import Node as CityNode
from ngoma.cities.problems import Problem
from ngoma.insight.opendata import manifest
from ngoma.insight.opendata.catalogue import FORMATS
from tests.insight.opendata.reading import night

pytestmark = pytest.mark.once

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
EU = "http://publications.europa.eu/resource/authority/"

MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    SKOS.ConceptScheme: (DCTERMS.title,),
    SKOS.Concept: (SKOS.prefLabel,),
}
"""What DCAT-AP 3.0 demands of the classes that are used here."""

RECOMMENDED = {
    DCAT.Catalog: (
        *(DCAT.dataset, DCAT.service, DCTERMS.issued, DCTERMS.modified, DCTERMS.language),
        *(DCTERMS.license, DCTERMS.spatial, DCAT.themeTaxonomy, FOAF.homepage),
    ),
    DCAT.Dataset: (
        *(DCAT.contactPoint, DCAT.distribution, DCAT.keyword, DCAT.theme, DCTERMS.publisher),
        *(DCTERMS.spatial, DCTERMS.identifier, DCTERMS.accrualPeriodicity, DCTERMS.provenance),
        *(DCTERMS.accessRights, URIRef(f"{DCAT}version"), DCTERMS.modified, DCTERMS.issued),
    ),
    DCAT.Distribution: (
        *(DCAT.downloadURL, DCAT.mediaType, DCAT.byteSize, DCTERMS["format"], DCTERMS.license),
        *(SPDX.checksum, DCTERMS.modified),
    ),
    DCAT.DataService: (DCAT.servesDataset, DCAT.endpointDescription, DCTERMS.license),
    VCARD.Kind: (VCARD.fn, VCARD.hasEmail),
}

SINGLE = {
    DCAT.Catalog: (DCTERMS.publisher, DCTERMS.license, DCTERMS.modified, FOAF.homepage),
    DCAT.Dataset: (DCTERMS.publisher, DCTERMS.accrualPeriodicity, DCTERMS.accessRights),
    DCAT.Distribution: (SPDX.checksum, DCAT.byteSize, DCAT.mediaType, DCTERMS["format"]),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
}
"""What may be said only once."""

CLASSES = {
    DCTERMS.publisher: FOAF.Agent,
    DCAT.dataset: DCAT.Dataset,
    DCAT.service: DCAT.DataService,
    DCAT.distribution: DCAT.Distribution,
    DCAT.servesDataset: DCAT.Dataset,
    DCAT.contactPoint: VCARD.Kind,
    DCAT.theme: SKOS.Concept,
    DCAT.themeTaxonomy: SKOS.ConceptScheme,
    DCAT.landingPage: FOAF.Document,
    FOAF.homepage: FOAF.Document,
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.spatial: DCTERMS.Location,
    DCTERMS.temporal: DCTERMS.PeriodOfTime,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.provenance: DCTERMS.ProvenanceStatement,
    DCTERMS.conformsTo: DCTERMS.Standard,
    DCTERMS["format"]: DCTERMS.MediaTypeOrExtent,
    DCAT.mediaType: DCTERMS.MediaType,
    SPDX.checksum: SPDX.Checksum,
    SPDX.algorithm: SPDX.ChecksumAlgorithm,
}
"""Of what class the value of a property has to be."""

DATATYPES = {
    DCTERMS.issued: XSD.date,
    DCTERMS.modified: XSD.dateTime,
    DCAT.byteSize: XSD.nonNegativeInteger,
    SPDX.checksumValue: XSD.hexBinary,
    DCAT.startDate: XSD.date,
    DCAT.endDate: XSD.date,
    DCAT.bbox: GEO.wktLiteral,
}

VOCABULARIES = {
    DCAT.theme: f"{EU}data-theme/",
    DCTERMS.language: f"{EU}language/",
    DCTERMS.accrualPeriodicity: f"{EU}frequency/",
    DCTERMS.accessRights: f"{EU}access-right/",
    DCTERMS["format"]: f"{EU}file-type/",
    DCAT.mediaType: "https://www.iana.org/assignments/media-types/",
}
"""From which vocabulary a value has to be taken, by the start of its address."""


def graphs(town: Book) -> dict[str, Graph]:
    """The published catalogue in each of its formats, read by rdflib."""
    published = night(town)
    found = {}
    for end, name in {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}.items():
        file = published.file(f"catalog.{end}")
        assert file is not None
        found[end] = Graph().parse(manifest.stored(town.slug, file), format=name)
    return found


def missing(graph: Graph, demanded: dict[URIRef, tuple[URIRef, ...]]) -> list[tuple[Node, URIRef]]:
    """The nodes of demanded classes that lack a property."""
    return [
        (node, each)
        for kind, properties in demanded.items()
        for node in graph.subjects(RDF.type, kind)
        for each in properties
        if (node, each, None) not in graph
    ]


def test_the_catalogue_carries_every_mandatory_property(private_town: Book) -> None:
    found = graphs(private_town)
    graph = found["ttl"]
    assert all(isomorphic(graph, other) for other in found.values())
    assert all(list(graph.subjects(RDF.type, kind)) for kind in MANDATORY)
    assert missing(graph, MANDATORY) == []
    assert missing(graph, RECOMMENDED) == []
    for kind, properties in SINGLE.items():
        for node in graph.subjects(RDF.type, kind):
            assert all(len(list(graph.objects(node, each))) == 1 for each in properties)


def test_a_catalogue_that_lacks_something_is_noticed(private_town: Book) -> None:
    graph = graphs(private_town)["ttl"]
    for kind, properties in MANDATORY.items():
        for each in properties:
            node = next(graph.subjects(RDF.type, kind))
            poorer = Graph() + graph
            poorer.remove((node, each, None))
            assert (node, each) in missing(poorer, MANDATORY)


def test_every_value_is_of_its_class_and_vocabulary(private_town: Book) -> None:
    graph = graphs(private_town)["ttl"]
    for what, kind in CLASSES.items():
        values = list(graph.objects(None, what))
        assert values, what
        assert all((value, RDF.type, kind) in graph for value in values), what
    for what, datatype in DATATYPES.items():
        values = list(graph.objects(None, what))
        assert values, what
        assert all(isinstance(each, Literal) and each.datatype == datatype for each in values)
    for what, start in VOCABULARIES.items():
        assert all(str(each).startswith(start) for each in graph.objects(None, what))
    for each in graph.objects(None, DCAT.downloadURL):
        assert str(each).startswith("http://localhost:8000/small/data/")


def test_it_tells_of_every_file_what_the_manifest_tells(private_town: Book) -> None:
    published = night(private_town)
    graph = graphs(private_town)["ttl"]
    start = "http://localhost:8000/small/data/"
    told = {
        (
            str(graph.value(node, DCAT.downloadURL)).removeprefix(start),
            int(str(graph.value(node, DCAT.byteSize))),
            str(graph.value(graph.value(node, SPDX.checksum), SPDX.checksumValue)),
        )
        for node in graph.subjects(RDF.type, DCAT.Distribution)
    }
    data = [each for each in published.files if each.dataset != manifest.DESCRIPTION]
    assert told == {(each.name, each.bytes, each.sha256) for each in data}


def test_it_speaks_the_languages_of_the_city(private_town: Book) -> None:
    graph = graphs(private_town)["ttl"]
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    for what in (DCTERMS.title, DCTERMS.description):
        assert {each.language for each in graph.objects(catalogue, what)} == {"en", "sw"}
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(catalogue, DCTERMS.license) == licence
    places = URIRef(f"{catalogue}#places.geojson")
    assert str(graph.value(places, DCTERMS.license)).endswith("zero/1.0/")


@given(text=st.text(st.characters(codec="utf-8"), max_size=12) | st.from_regex(r"\A[!-~]{1,9}\Z"))
@example("Open data <data@city.example>")
def test_what_a_pack_may_say_can_be_written(text: str) -> None:
    problems: list[Problem] = []
    said = {"contact": f"{text}@city.example", "homepage": f"https://city.example/{text}"}
    pack = CityNode("city.toml", said, {}, problems)
    graph = Graph()
    if email := pack.email("contact"):
        graph.add((URIRef("https://city.example/"), VCARD.hasEmail, URIRef(f"mailto:{email}")))
    if homepage := pack.address("homepage"):
        graph.add((URIRef("https://city.example/"), FOAF.homepage, URIRef(homepage)))
    assert problems or len(graph) == 2
    for form in FORMATS.values():
        again = Graph().parse(data=graph.serialize(format=form), format=form)
        assert set(again) == set(graph)
