"""Ngoma: a city's civil-complaint system, from the first word to the answer."""

__version__ = "0.1.0"
