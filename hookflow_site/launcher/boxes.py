"""Whether commands of jobs and flows can be kept in on this machine, as far as one sees without trying."""

import os
import shutil

from hookflow_site.launcher.messages import say

TOOLS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where `common.programs.confinement` looks; to import it here would cost the launcher megabytes."""


def say_confinement(is_let: bool) -> None:
    """Say once what is missing, so that nobody finds out by the first command that is refused.

    Args:
        is_let: the setting lets commands run without.
    """
    has_box, has_user = _is_there("bwrap"), os.geteuid() == 0 and _is_there("setpriv")
    if not is_let and not ((has_box or has_user) and _is_there("prlimit")):
        say(
            "Commands of jobs and flows are refused on this machine: nothing keeps them away from the data.\n"
            "Install bubblewrap and util-linux (apt-get install bubblewrap util-linux), or start hookflow as root."
        )


def _is_there(name: str) -> bool:
    return shutil.which(name, path=TOOLS) is not None
