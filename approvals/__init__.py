"""Tasks that wait for review: not built yet; its place in the house and in the direction of imports is kept."""
