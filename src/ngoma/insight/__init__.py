"""What is published of the events: open data, the index of words, the city's answers."""
