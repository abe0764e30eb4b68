"""Django apps of installed packages: the entry point group `hookflow.apps`. A broken one takes only itself away."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, include, path

GROUP = "hookflow.apps"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")

logger = logging.getLogger(__name__)
guarded_apps: "dict[str, type[GuardedApp]]" = {}
"""By the name of the entry point, which is also that of the addresses."""


class GuardedApp(AppConfig):
    """An app of a stranger: whatever it raises while it is loaded ends there, and it is gone."""

    entry: str
    package: str

    def import_models(self) -> None:
        """Its models, and its migrations as far as a look at them tells."""
        try:
            super().import_models()
            check_migrations(self)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's module may raise anything
            self._take_away(error)

    def ready(self) -> None:
        if self.entry not in guarded_apps:
            return
        try:
            super().ready()
        except (Exception, SystemExit) as error:  # noqa: BLE001
            self._take_away(error)

    def _take_away(self, error: BaseException) -> None:
        apps.all_models[self.label].clear()
        apps.clear_cache()
        settings.MIGRATION_MODULES[self.label] = None
        del guarded_apps[self.entry]
        say_broken(self.name, self.package, error)


def installed(own: Sequence[str]) -> list[str]:
    """What stands in INSTALLED_APPS for the apps of packages.

    Args:
        own: the apps of hookflow, whose labels are taken.
    """
    from flows.sdk.loading import entries, package_name, tie

    taken = {name.rpartition(".")[2] for name in own}
    for entry in entries(GROUP):
        package = package_name(entry)
        try:
            made = _guarded(entry.name, entry.value.replace(":", "."), package, taken)
        except (Exception, SystemExit) as error:  # noqa: BLE001
            say_broken(entry.value, package, error)
            continue
        taken |= {made.label, made.entry}
        tie(made.name, package)
        guarded_apps[made.entry] = made
        globals()[made.__name__] = made
    return [f"{__name__}.{made.__name__}" for made in guarded_apps.values()]


def _guarded(name: str, dotted: str, package: str, taken: Iterable[str]) -> "type[GuardedApp]":
    found = AppConfig.create(dotted)
    if not NAME.fullmatch(name):
        raise ValueError(f"The entry point {name!r} becomes an address: small letters, digits, - and _ only.")
    if clash := {name, found.label}.intersection(taken):
        raise ValueError(f"There is an app named {clash.pop()!r} already.")
    members = {"name": found.name, "label": found.label, "entry": name, "package": package}
    return type(f"App{len(guarded_apps)}", (GuardedApp, type(found)), members)


def say_broken(module: str, package: str, error: BaseException) -> None:
    """Keep it for the palette and the API, and write it to the log."""
    from flows.sdk.loading import broken_apps, broken_module

    broken_apps.append(broken_module(module, package, error))
    logger.error("%s of %s is unavailable: %s", module, package, broken_apps[-1].error)


def check_migrations(app: AppConfig) -> None:
    """Import the app's migrations, and look whether those that they need are there.

    Raises:
        LookupError: one needs a migration, or an app, that is not installed.
    """
    if not _is_there(f"{app.name}.migrations"):
        return
    for name in _modules(f"{app.name}.migrations"):
        for label, needed in import_module(name).Migration.dependencies:
            where = f"{apps.app_configs[label].name}.migrations" if label in apps.app_configs else ""
            if not where or not (needed.startswith("__") or _is_there(f"{where}.{needed}")):
                raise LookupError(f"{name} needs the migration {label}.{needed}, which is not there.")


def _modules(package: str) -> Iterator[str]:
    return (found.name for found in iter_modules(import_module(package).__path__, f"{package}."))


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # what is above it is no package
        return False


def migrate_each() -> None:
    """The tables of each app by itself. One that fails is told, and its tables stay as they were."""
    for app in list(guarded_apps.values()):
        settings.MIGRATION_MODULES.pop(app.label, None)
        if not _is_there(f"{app.name}.migrations"):
            continue
        try:
            call_command("migrate", app.label, interactive=False, verbosity=0)
        except Exception as error:  # noqa: BLE001
            say_broken(f"{app.name}.migrations", app.package, error)


def urls() -> list[URLResolver]:
    """`/plugins/<name>/` of each app with a module `urls`. An app with a view that is open to all has none of them."""
    found = []
    for name, app in list(guarded_apps.items()):
        try:
            if not _is_there(f"{app.name}.urls"):
                continue
            patterns = import_module(f"{app.name}.urls").urlpatterns
            if open_to_all := [str(view) for view in _open_views(patterns)]:
                raise PermissionError(f"{', '.join(open_to_all)} does not say who may use it.")
        except (Exception, SystemExit) as error:  # noqa: BLE001
            say_broken(f"{app.name}.urls", app.package, error)
        else:
            found.append(path(f"plugins/{name}/", include((patterns, name))))
    return found


def _open_views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Any]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _open_views(entry.url_patterns)
        elif not says_who_may(entry.callback):
            yield entry.lookup_str


def says_who_may(view: Any) -> bool:
    """Whether a view is a page with its permission, or a view of the API with the permissions that it needs."""
    from accounts.api.permissions import Needs, SignedIn

    if hasattr(view, "cls"):
        asked = view.initkwargs.get("permission_classes", view.cls.permission_classes)
        return any(isinstance(one, type) and issubclass(one, (Needs, SignedIn)) for one in asked)
    return hasattr(view, "needs")
