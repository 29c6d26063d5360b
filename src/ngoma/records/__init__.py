"""The tables, their named queries, and every difference between the two databases."""
