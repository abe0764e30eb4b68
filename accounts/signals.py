"""What happened to users, told inside the transaction of the change. Arguments: `user` and `actor`.

`reach_changed` tells that some may see and do other things than before: `users`, a query; `is_gone` when the rows are
about to be deleted.
"""

from django.dispatch import Signal

user_registered = Signal()
user_updated = Signal()
user_signed_in = Signal()
reach_changed = Signal()
