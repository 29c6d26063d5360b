"""The commands: each parses, calls one function of a lower floor, and prints.

Django is set up and the rest imported inside the commands, because Django reads the settings that
options such as --data write, and because `ngoma config` need not wait for a database driver.
"""
