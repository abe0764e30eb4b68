"""The times that lists are narrowed to."""

from datetime import timedelta

RANGES = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}
CHOICES = [(key, label) for key, (label, _) in RANGES.items()]
