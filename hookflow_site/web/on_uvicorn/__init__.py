"""uvicorn with bounds in it, the same as Daphne's.

uvicorn starts the application when a request's head is there; here it starts when the body is complete and within its
limits, so that who sends slowly takes no place from anybody. The requests of a connection are read one by one: what
waits behind the one at work is not parsed.
"""

SAFE_BEFORE_FORK = ("hookflow_site.web.on_uvicorn.serve",)
"""What a process may load before it forks."""
