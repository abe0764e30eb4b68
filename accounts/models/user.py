"""Users: those who sign in, the customers whom the platform serves, and machines."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models.fields import AddressField, NameField
from accounts.models.scope import Scope
from accounts.models.tenant import Tenant
from accounts.roles import ADMINS, CHOSEN_ONE_BY_ONE, MACHINES, PLATFORM_ONLY, TENANT_ONLY, Role


class UserManager(BaseUserManager["User"]):
    """Users by their address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with that mail address."""
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password, or with none that could be used.

        For fixtures and commands; people's changes go through `accounts.services.users`.
        """
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A platform admin."""
        return self.create_user(email, password, **{"role": Role.platform_admin, "tenant": None, **fields})


class User(AbstractBaseUser):
    """A person, or a machine. `role` alone authorises; `permission` is data of the platform and never does.

    `permissions` says what an integration may do; for every other role the role says it. An address is taken once
    a tenant: who makes a user must not learn from a refusal that another tenant has one with this address.

    `name`, `email`, `password`, `register`, `permission` and `confirmationToken` are fields of the platform.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"
    owner_path: ClassVar[str | None] = "id"

    class PlatformPermission(models.IntegerChoices):
        """The level that the hosting platform shows."""

        customer = 1
        supporter = 2
        admin = 3

    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="users")
    scope = models.ForeignKey(Scope, models.PROTECT, null=True, blank=True, related_name="users")
    role = models.CharField(
        max_length=20,
        default=Role.customer.value,
        choices=[(role.value, role.label) for role in Role],
    )
    permissions = models.JSONField(default=list, blank=True)
    name = NameField(max_length=120)
    email = AddressField(max_length=254, db_index=True)
    register = models.DateTimeField(default=timezone.now, editable=False)
    permission = models.PositiveSmallIntegerField(
        choices=PlatformPermission.choices, default=PlatformPermission.customer
    )
    confirmation_token = models.CharField(
        max_length=128, blank=True, default="", db_column="confirmationToken", editable=False
    )
    zone = models.CharField(max_length=64, blank=True, default="")
    """In which the person types and reads times; empty: the tenant's."""
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ("email",)
        constraints = [
            models.UniqueConstraint(Lower("email"), "tenant", name="user_email_once_a_tenant"),
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(tenant__isnull=True),
                name="user_email_once_on_the_platform",
            ),
            models.CheckConstraint(
                name="user_role_known",
                condition=models.Q(role__in=[role.value for role in Role]),
            ),
            models.CheckConstraint(
                name="user_platform_role_without_tenant",
                condition=~models.Q(role__in=[role.value for role in PLATFORM_ONLY]) | models.Q(tenant=None),
            ),
            models.CheckConstraint(
                name="user_tenant_role_with_tenant",
                condition=~models.Q(role__in=[role.value for role in TENANT_ONLY])
                | models.Q(tenant__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def as_role(self) -> Role:
        return Role(self.role)

    @property
    def is_machine(self) -> bool:
        """Whether it is a program's account, which has no pages."""
        return self.role in MACHINES

    @property
    def has_chosen_permissions(self) -> bool:
        """Whether what it may do is kept with the user. Such a program has tokens and no password."""
        return self.role in CHOSEN_ONE_BY_ONE

    def scoped_tenants(self) -> frozenset[int]:
        """Ids of the tenants that the scope adds to the own one."""
        return self.scope.tenant_ids() if self.scope is not None else frozenset()

    @property
    def is_open(self) -> bool:
        """Active, and of a tenant that is active."""
        return bool(self.is_active and (self.tenant is None or self.tenant.is_active))

    @property
    def can_sign_in(self) -> bool:
        """Whether a password opens a session; who has none cannot sign in either."""
        return self.is_open and not self.is_machine

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets the user in."""
        return self.can_sign_in and self.role == Role.platform_admin

    @property
    def is_superuser(self) -> bool:
        """The same: there is one kind of admin of the platform."""
        return self.is_staff

    @property
    def is_admin(self) -> bool:
        """Whether the role is an admin's."""
        return self.role in ADMINS

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Django's admin asks: everything for a platform admin, nothing for others."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """As `has_perm`."""
        return self.is_staff

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends with a new password, role, permission, tenant, scope or state."""
        return self._stamp(None)

    def _stamp(self, secret: str | None) -> str:
        parts = (self.password, self.role, str(self.tenant_id), str(self.is_active), *self.permissions)
        if self.scope_id is not None:
            parts = (*parts, f"scope {self.scope_id}")
        value = "\x00".join(parts)
        return salted_hmac("accounts.User.stamp", value, secret=secret, algorithm="sha256").hexdigest()
