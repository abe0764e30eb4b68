"""The types of credentials for what the platform's servers run on."""
