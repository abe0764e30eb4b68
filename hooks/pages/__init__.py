"""The pages of hooks."""
