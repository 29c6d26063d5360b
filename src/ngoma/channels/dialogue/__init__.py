"""The conversation of a city's pack, led by one engine over every phone that knows no pages."""
