"""Calling the functions of others: each call is a process of its own, kept in as an approved command is."""
