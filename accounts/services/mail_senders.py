"""Who may be the sender of a flow's mails: addresses and domains that the platform admin lists for the flow's owner."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from accounts.models import PlatformSettings, Tenant
from common.egress import EgressError
from common.egress.mail import check_address
from common.problems import bad_value

MOST_SENDERS: Final = 100


def mail_senders(texts: Sequence[str]) -> list[str]:
    """Addresses (`shop@example.org`) and domains (`@example.org`) in lower case, each once, in their order.

    Raises:
        Problem: 400 `bad_sender`, with the position of one that is neither; `too_many_senders`.
    """
    if len(texts) > MOST_SENDERS:
        raise bad_value(
            "too_many_senders",
            f"There can be {MOST_SENDERS} senders.",
            hint="List a domain instead of its addresses.",
            field="mail_senders",
        )
    return list(dict.fromkeys(_sender(text, index) for index, text in enumerate(texts)))


def _sender(text: str, index: int) -> str:
    is_domain = text.startswith("@")
    try:
        found = check_address(f"any{text}" if is_domain else text)
        if found.display_name:
            raise EgressError("bad_address", "A name beside the address says nothing here.")
    except EgressError as error:
        raise bad_value(
            "bad_sender",
            f"{text[:60]!r} is neither a mail address nor a domain.",
            hint="Write shop@example.org, or @example.org for all addresses of a domain.",
            field=f"mail_senders.{index}",
        ) from error
    return (f"@{found.domain}" if is_domain else found.addr_spec).lower()


def may_send_as(sender: str, owner_id: int | None) -> bool:
    """Whether flows of that owner (a tenant, None for the platform) may send as that address.

    The address of `MAIL_FROM` is everyone's.

    Raises:
        EgressError: `bad_address`.
    """
    address = check_address(sender, "sender").addr_spec.lower()
    own = str(settings.MAIL_FROM)
    if own and address == check_address(own, "sender").addr_spec.lower():
        return True
    return not {address, f"@{address.rpartition('@')[2]}"}.isdisjoint(_listed(owner_id))


def _listed(owner_id: int | None) -> list[str]:
    if owner_id is None:
        return list(PlatformSettings.load().mail_senders)
    return list(Tenant.objects.filter(pk=owner_id).values_list("mail_senders", flat=True).first() or [])
