"""What hooks can do, each a service."""
