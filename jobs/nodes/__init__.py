"""The nodes of jobs."""
