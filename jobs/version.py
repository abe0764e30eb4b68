"""The version of the program."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("hookflow")
except PackageNotFoundError:
    VERSION = ""
