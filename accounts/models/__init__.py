"""The tables of people, their access, and what they did."""

from accounts.models.audit import AuditEntry, AuditSeal
from accounts.models.idempotency import IdempotencyRecord
from accounts.models.mail import CaughtMail
from accounts.models.platform import PlatformSettings
from accounts.models.scope import Scope
from accounts.models.tenant import Tenant
from accounts.models.throttle import Attempt, KnownPlace
from accounts.models.token import ApiToken
from accounts.models.user import User

__all__ = [
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "AuditSeal",
    "CaughtMail",
    "IdempotencyRecord",
    "KnownPlace",
    "PlatformSettings",
    "Scope",
    "Tenant",
    "User",
]
