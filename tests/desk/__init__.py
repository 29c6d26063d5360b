"""The door of the city's own people."""
