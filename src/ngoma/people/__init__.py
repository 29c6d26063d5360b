"""Personal data in its vault, what is public, and who may do what."""
