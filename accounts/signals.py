"""What happened to users, told inside the transaction of the change. Arguments: `user` and `actor`."""

from django.dispatch import Signal

user_registered = Signal()
user_updated = Signal()
user_signed_in = Signal()
