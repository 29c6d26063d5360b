"""The door of the services that carry messages: delivery reports, stopping, and the outbox."""
