"""Install packages of Debian and its kin, where that is possible."""

import os
import shutil
from collections.abc import Mapping

from scripts.shell import run, say

# `nft` and `ip`, for the tests of deploy/egress.nft
NETWORK_TOOLS: Mapping[str, str] = {"nft": "nftables", "ip": "iproute2"}
# What keeps the commands of jobs in
BOX_TOOLS: Mapping[str, str] = {"bwrap": "bubblewrap"}


def install(*packages: str) -> None:
    """Install packages as root with apt-get; elsewhere do nothing. Look afterwards whether they are there."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    say(f"Installing {', '.join(packages)} with apt-get ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=quiet)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=quiet)


def find_tool(name: str) -> str | None:
    """The path of a tool for administrators, which may be outside the search path of other users."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def install_missing(*tools: Mapping[str, str]) -> None:
    """Install the packages of those tools that are not there."""
    missing = [package for some in tools for tool, package in some.items() if find_tool(tool) is None]
    if missing:
        install(*missing)
