"""Hand-written SQL: how it is asked, and every difference between SQLite and PostgreSQL."""
