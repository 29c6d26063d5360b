"""Named queries, one module a noun."""
