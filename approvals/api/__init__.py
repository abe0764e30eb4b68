"""The REST API of approvals."""
