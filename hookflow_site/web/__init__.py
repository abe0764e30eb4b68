"""What stands between the network and the application: the bounds, the envelope, and the server that is chosen."""
