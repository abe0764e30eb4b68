"""The nodes of hooks."""
