"""What every floor stands on: pure Python, no Django."""
