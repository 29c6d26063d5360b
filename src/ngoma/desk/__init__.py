"""The door of the city's own people: queue, cases, lists, and reports taken down for a caller."""
