"""The public log: its files for programs, its pages for people, and the door of the witness."""
