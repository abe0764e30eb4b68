"""Telling the workflow connector of tasks that are held: at least once, from a worker, with every attempt kept."""

from approvals.connector.held import told_held

__all__ = ["told_held"]
