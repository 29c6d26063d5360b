"""What a city gives away as files every night: rows, formats, their description, and the catalogue.

Everything here is for a process of its own, except `manifest` and `dictionary`, which pages read.
"""
