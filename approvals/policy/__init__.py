"""Who has to decide, and what their answers come to: plain functions over plain data."""
