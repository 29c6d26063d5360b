"""Django's SQLite, whose writers in one process wait in line."""
