"""What a city gives away as files."""
