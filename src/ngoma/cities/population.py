"""How many people live in the places of a city: the optional `[population]` of city.toml."""

from ngoma.cities.node import Node

MOST = 100_000_000
YEARS = (1900, 2200)


def check(city: Node) -> None:
    """Every mistake in the shape of the table; which places there are, others know."""
    table = city.table("population", needed=False)
    if not table.value:
        return
    table.only("year", "source", "of")
    table.string("source", most=200)
    if table.at("year").value is None:
        table.problem("`year` is missing: the year in which people were counted")
    table.number("year", *YEARS)
    people = table.table("of")
    for code in people.value:
        people.number(code, 1, MOST)
        if isinstance(people.at(code).value, float):
            people.at(code).problem(f"{code!r} has no whole number of people")
