"""The events of tasks."""
