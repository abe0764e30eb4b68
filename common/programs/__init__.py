"""Running other programs so that they can do no harm: see `running.run`."""

from common.programs.confinement import Confinement, Refused, best_confinement, printable
from common.programs.folders import sweep_folders
from common.programs.running import run
from common.programs.spec import Finished, Limits, Program

__all__ = [
    "Confinement",
    "Finished",
    "Limits",
    "Program",
    "Refused",
    "best_confinement",
    "printable",
    "run",
    "sweep_folders",
]
