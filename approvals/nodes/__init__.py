"""The nodes of approvals."""
