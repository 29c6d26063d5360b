"""The front door: what can be set, how Django is put together, and how it all is started."""
