#!/bin/sh
# Prints the path of a Python that can run hookflow, or says which one is needed.
for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    found=$(command -v "$name" 2>/dev/null) || continue
    if "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$found"
        exit 0
    fi
done
echo "hookflow needs Python 3.11 or newer, and there is none on the PATH: install it, or name one with PYTHON=/path/to/python3." >&2
exit 1
