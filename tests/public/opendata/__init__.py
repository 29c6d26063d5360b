"""Open data, as readers and programs ask for it."""
