"""Tasks that wait for review: who asks, who decides, and the Workflow feature's own API and connector."""
