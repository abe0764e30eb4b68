"""Hooks on the life cycle of runs: the hooks file, the functions that it calls, and the traps that it sends."""
