"""Cities as packs: checked, loaded, and their working calendars."""
