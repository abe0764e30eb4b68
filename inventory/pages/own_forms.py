"""Forms of a customer's pages."""

from django import forms

from inventory.models import Ticket, TicketMessage
from look.forms import SiteForm

LONGEST = TicketMessage._meta.get_field("content").max_length


class TicketForm(SiteForm):
    title = forms.CharField(label="What is it about?", max_length=200)
    priority = forms.ChoiceField(
        label="How urgent is it?",
        choices=[(one.value, one.label) for one in Ticket.Priority],
        initial=Ticket.Priority.normal.value,
    )
    content = forms.CharField(label="Message", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))


class MessageForm(SiteForm):
    content = forms.CharField(
        label="Your answer", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
