"""Typed reading of the environment: a bad value stops the start with its name and what is allowed."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")


class BadSetting(Exception):
    """A configuration value cannot be used; the text is one sentence for the person who set it."""


class Env:
    """Values from the environment, or from a file when `NAME_FILE` names one (for secrets)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str, default: str = "") -> str:
        path = self.values.get(f"{name}_FILE")
        if path:
            try:
                return Path(path).read_text().strip()
            except OSError as error:
                raise BadSetting(
                    f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
                ) from error
        return self.values.get(name, default)

    def secret(self, name: str, folder: Path, *, least: int = 0) -> str:
        """The value from the environment, else from the file of that name in `folder`, else empty.

        One that is there has at least `least` characters.
        """
        path = folder / name
        is_given = self.values.get(name) or self.values.get(f"{name}_FILE")
        try:
            value = self.text(name) if is_given or not path.exists() else path.read_text().strip()
        except OSError as error:
            raise BadSetting(f"The key file {path} cannot be read: {error.strerror}.") from error
        if 0 < len(value) < least:
            raise BadSetting(f"{name} is too short to be a secret; write {least} random characters or more.")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        raw = self.text(name) or default
        if raw not in allowed:
            raise BadSetting(f"{name} is {raw!r}; write one of {', '.join(allowed)}.")
        return raw

    def flag(self, name: str, default: bool) -> bool:
        """`1/true/yes/on` or `0/false/no/off`."""
        raw = self.text(name).lower()
        if not raw:
            return default
        if raw in ("1", "true", "yes", "on"):
            return True
        if raw in ("0", "false", "no", "off"):
            return False
        raise BadSetting(f"{name} is {raw!r}; write 1 or 0.")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        """A whole number within bounds."""
        raw = self.text(name)
        if not raw:
            return default
        if not raw.isdigit() or not least <= int(raw) <= most:
            raise BadSetting(f"{name} is {raw!r}; write a whole number from {least} to {most}.")
        return int(raw)

    def origin(self, name: str, default: str) -> str:
        """Scheme, host and port of a site, without a slash at the end."""
        raw = (self.text(name) or default).rstrip("/")
        try:
            parts = urlsplit(raw)
            is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_right = False
        if not is_right or raw != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
            raise BadSetting(f"{name} is {raw!r}; write http:// or https://, the host and nothing behind it.")
        return raw

    def names(self, name: str, default: str = "") -> list[str]:
        """A list, comma separated."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def hosts(self, name: str, default: str = "") -> list[str]:
        """Host names without scheme and port, comma separated; `.example.org` also means what is below it."""
        found = self.names(name, default)
        for host in found:
            if not HOST.fullmatch(host):
                raise BadSetting(
                    f"{name} holds {host!r}; write host names without scheme and port, such as flows.example.org."
                )
        return found

    def database_scheme(self, name: str, default: str) -> str:
        """`sqlite`, `postgres` or `postgresql`."""
        scheme = urlsplit(self.text(name, default)).scheme
        if scheme not in ("sqlite", "postgres", "postgresql"):
            raise BadSetting(f"{name} must begin with sqlite:/// or postgres://.")
        return scheme

    def database(self, name: str, default: str) -> dict[str, object]:
        """Django's settings for a `sqlite:///path` or `postgres://user:password@host:port/name` URL."""
        self.database_scheme(name, default)
        # It imports Django, which the launcher does without.
        import environ

        try:
            return dict(environ.Env.db_url_config(self.text(name, default)))
        except Exception as error:
            raise BadSetting(
                f"{name} cannot be read as a database URL: write postgres://user:password@host/name."
            ) from error
