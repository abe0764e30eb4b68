"""Jobs: commands and flows with a schedule, their runs, and what follows."""
