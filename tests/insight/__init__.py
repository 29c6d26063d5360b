"""What the city publishes."""
