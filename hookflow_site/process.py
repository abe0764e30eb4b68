"""What each process sets once at its start: keys, the policy of the way out, the shape of log lines."""

from collections.abc import Sequence

from common.crypto import CryptoError, use_keys
from common.egress import EgressPolicy, use_provider
from hookflow_site.env import BadSetting
from hookflow_site.logs import configure_structlog
from hookflow_site.proxies import Network, read_networks


def prepare_process(encryption_keys: Sequence[str], allowed_networks: Sequence[str]) -> None:
    """Make the leaf package ready for use.

    Raises:
        BadSetting: a key or a network cannot be read.
    """
    try:
        use_keys(encryption_keys)
    except CryptoError as error:
        raise BadSetting(f"ENCRYPTION_KEYS cannot be used. {error}") from error
    try:
        policy = EgressPolicy.of(allowed_networks)
    except ValueError as error:
        raise BadSetting(f"EGRESS_ALLOWED_NETWORKS cannot be used. {error}") from error
    use_provider(lambda: policy)
    configure_structlog()


def trusted_proxies(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of `TRUSTED_PROXIES`.

    Raises:
        BadSetting: one cannot be read.
    """
    try:
        return read_networks(texts)
    except ValueError as error:
        raise BadSetting(f"TRUSTED_PROXIES cannot be used: {error}.") from error
