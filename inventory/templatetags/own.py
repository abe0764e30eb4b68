"""What a customer's pages show in their own way."""

from decimal import Decimal

from django import template

from inventory.pages.cells import COLOURS

register = template.Library()


@register.filter
def colour(word: str) -> str:
    """Tabler's colour of a status or a priority."""
    return COLOURS.get(word, "secondary")


@register.filter
def signed(amount: Decimal) -> str:
    """`+20.00` for what was added, `-4.50` for what was taken."""
    return f"{amount:+.2f}"
