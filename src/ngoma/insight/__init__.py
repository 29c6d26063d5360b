"""What the city learns and publishes: open data."""
