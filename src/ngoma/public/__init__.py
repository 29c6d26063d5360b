"""The residents' door: pages for everybody, without need of a script and without a cookie."""
