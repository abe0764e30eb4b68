"""Starts and keeps all of hookflow on one machine: `python -m hookflow_site.launcher`.

Nothing here imports Django: the launcher stays small, and its children load what they need.
"""
