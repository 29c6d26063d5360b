"""Who hears what, how: one message to one contact about one event, sent at most once."""
