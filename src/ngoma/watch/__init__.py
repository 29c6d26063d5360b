"""The door for whoever keeps the installation running: health, metrics, and a line a request."""
