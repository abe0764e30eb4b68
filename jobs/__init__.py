"""Jobs and job runs: not built yet; its place in the house and in the direction of imports is kept."""
