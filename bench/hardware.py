"""What the figures were measured on."""

import os
import platform
from pathlib import Path

import psutil


def describe() -> dict[str, str]:
    """Processor, memory, kernel, and how busy the machine was before."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": names[0].partition(":")[2].strip() if names else platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load average": " ".join(f"{value:.1f}" for value in os.getloadavg()),
    }
