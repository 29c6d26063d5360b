"""The one queue of jobs, the worker that runs them, and the timers."""
