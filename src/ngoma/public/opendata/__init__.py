"""Open data: the page about it, and its files."""
