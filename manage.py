#!/usr/bin/env python
"""Django's command line for hookflow."""

import os
import sys


def main() -> None:
    """Run a management command with hookflow's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")
    from django.core.management import execute_from_command_line

    from accounts.origin import is_command
    from common.crypto import CryptoError
    from hookflow_site.env import BadSetting

    is_command()
    try:
        execute_from_command_line(sys.argv)
    except (BadSetting, CryptoError) as refusal:
        sys.exit(f"CommandError: {refusal}")


if __name__ == "__main__":
    main()
