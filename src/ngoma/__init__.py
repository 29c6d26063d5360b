"""Ngoma: a city's civil-complaint system, from the first word said to the answer that is checked."""

__version__ = "0.1.0"
