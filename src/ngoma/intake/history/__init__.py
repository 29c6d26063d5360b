"""Requests that an older system recorded: read from its files, turned into history, kept whole."""
