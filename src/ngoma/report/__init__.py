"""A month of a city on paper: what came, where, how fast it was dealt with, what did not hold."""
