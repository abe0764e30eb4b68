"""What `make` does: set up the environment, build the front end, check and test. Standard library only."""
