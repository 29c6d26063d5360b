"""Mail that comes in: a report, or an answer to one of our mails."""
