"""Management commands that concern the whole site."""
