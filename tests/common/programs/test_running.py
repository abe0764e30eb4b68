"""Real programs, tame and hostile, in each way of keeping them in that works on this machine."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.programs import Finished, Limits, Program, Refused, best_confinement, run
from common.programs.confinement import Confinement, _works

IS_ROOT = os.geteuid() == 0
OFFERED = [Confinement("box", IS_ROOT), Confinement("user", True), Confinement("none")]
KEPT = [one for one in OFFERED if one.kind == "none" or _works(one)]
STRICT = [one for one in KEPT if one.kind != "none"]
QUICK = Limits(seconds=1.0)
every_way = pytest.mark.parametrize("kept", KEPT, ids=lambda one: one.kind)
every_strict_way = pytest.mark.parametrize("kept", STRICT, ids=lambda one: one.kind)


def python(code: str, **options) -> Program:
    """A program in Python, of the system, that runs the code."""
    return Program(["/usr/bin/python3", "-I", "-S", "-c", code], **{"limits": Limits(seconds=20), **options})


def shell(script: str, **options) -> Program:
    return Program(["/bin/sh", "-c", script], **{"limits": Limits(seconds=20), **options})


def alive(marker: str) -> list[int]:
    """Processes whose command line holds the marker."""
    here = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = Path(f"/proc/{name}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if marker in line and int(name) != os.getpid() and "keeper.py" not in line:
            here.append(int(name))
    return here


async def ended_in(program: Program, kept: Confinement, seconds: float) -> Finished:
    begun = time.monotonic()
    finished = await run(program, kept)
    assert time.monotonic() - begun < seconds
    return finished


def test_this_machine_keeps_programs_in():
    assert STRICT


@pytest.mark.parametrize("kept", [one for one in KEPT if one.kind == "box"], ids=lambda one: one.kind)
async def test_a_folder_that_it_may_read_is_open_to_it_wherever_it_lies(kept: Confinement, tmp_path: Path):
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    (inside / "note").write_text("read me")
    (tmp_path / "a" / "beside").write_text("not me")
    finished = await run(shell(f"cat {inside}/note; ls {tmp_path}/a", directories=(str(inside),)), kept)
    assert finished.stdout == "read meb\n"


@every_way
async def test_it_ends_as_it_ends(kept: Confinement):
    finished = await run(shell("echo out; echo err >&2; exit 7"), kept)
    assert (finished.exit_code, finished.stdout, finished.stderr) == (7, "out\n", "err\n")
    assert finished.ended_by == ""
    assert finished.pid > 0


@every_way
async def test_arguments_reach_it_byte_for_byte(kept: Confinement):
    values = [
        "; id",
        "$(id)",
        "`id`",
        "a\nb",
        "a|b && c",
        "{a,b}",
        "“”",
        "",
        " ",
        "*",
        "\\",
        "'",
        '"',
        "-x",
        "é\u202e",
    ]
    code = "import sys; print([a.encode().hex() for a in sys.argv[1:]])"
    program = Program(["/usr/bin/python3", "-I", "-S", "-c", code, *values])
    assert (await run(program, kept)).stdout.strip() == str([value.encode().hex() for value in values])


@every_way
async def test_it_sees_nothing_of_our_environment(kept: Confinement, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://hush")
    finished = await run(Program(["/usr/bin/env"], {"MINE": "1"}), kept)
    names = {line.partition("=")[0] for line in finished.stdout.splitlines()}
    assert names - {"PWD"} == {"PATH", "HOME", "LANG", "MINE", "RESULT_FILE"}


@every_way
async def test_it_reads_its_input_and_gives_its_result(kept: Confinement):
    finished = await run(shell('cat > "$RESULT_FILE"', stdin=b"x" * 100_000), kept)
    assert finished.result == "x" * 100_000


@every_way
async def test_lines_come_while_it_is_at_work(kept: Confinement):
    came: list[tuple[str, str, float]] = []
    program = shell("echo one; sleep 1; echo two >&2")
    await run(program, kept, lambda stream, text: came.append((stream, text, time.monotonic())))
    assert [line[:2] for line in came] == [("stdout", "one"), ("stderr", "two")]
    assert came[1][2] - came[0][2] > 0.7


@every_way
async def test_it_works_in_a_folder_of_its_own_that_goes(kept: Confinement, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/tmp") and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    finished = await run(shell("touch here; ln -s / out; pwd", working_directory="a/b"), kept)
    assert finished.exit_code == 0
    assert finished.stdout.strip().endswith("/a/b")
    assert list(tmp_path.iterdir()) == []


@every_way
async def test_what_it_used_is_told(kept: Confinement):
    finished = await run(python("b = bytearray(100_000_000)\nfor i in range(5_000_000): pass"), kept)
    assert 100_000_000 < finished.peak_memory < 200_000_000
    assert 0.1 < finished.cpu_seconds < 15


@every_way
async def test_an_output_is_cut_cleaned_and_redacted(kept: Confinement):
    finished = await run(
        shell(r"printf 'a\033]0;x\007b\033[31mc\000d\n'; echo password=hunter2; yes | head -c 3000000"), kept
    )
    assert finished.stdout.startswith("abcd\npassword=********\n")
    assert len(finished.stdout) <= 262_144
    assert finished.dropped > 2_700_000


@every_way
@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(1e9)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1e9)",
        "import os, time\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n  time.sleep(1e9)\ntime.sleep(1e9)",
        "while True: print('y' * 100_000)",
        "open(0).read; import os\nwhile True: os.urandom(1)",
    ],
    ids=["sleeps", "ignores", "daemon", "floods", "spins"],
)
async def test_nothing_of_it_is_left_after_its_time(kept: Confinement, code: str):
    marker = f"marker{os.urandom(8).hex()}"
    finished = await ended_in(python(f"{code} # {marker}", limits=QUICK), kept, 1 + 5)
    assert finished.ended_by == "timeout"
    assert alive(marker) == []


@every_strict_way
async def test_a_fork_bomb_is_gone_after_its_time(kept: Confinement):
    marker = f"marker{os.urandom(8).hex()}"
    bomb = f"import os\nwhile True:\n try: os.fork()\n except OSError: pass\n# {marker}"
    finished = await ended_in(python(bomb, limits=QUICK), kept, 1 + 5)
    assert finished.ended_by == "timeout"
    assert alive(marker) == []


@every_way
async def test_a_daemon_goes_when_its_program_ends(kept: Confinement):
    marker = f"marker{os.urandom(8).hex()}"
    code = f"import os, time\nif os.fork() == 0:\n os.setsid(); os.close(1); os.close(2)\n time.sleep(1e9) # {marker}"
    finished = await ended_in(python(code), kept, 5)
    assert (finished.exit_code, finished.ended_by) == (0, "")
    assert alive(marker) == []


@every_way
async def test_it_may_end_in_order_when_its_time_is_over(kept: Confinement):
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(3)))\n"
        "time.sleep(99)"
    )
    finished = await run(python(code, limits=Limits(seconds=1.5)), kept)
    assert (finished.exit_code, finished.stdout, finished.ended_by) == (3, "bye\n", "timeout")


@every_way
async def test_a_file_that_grows_too_large_ends_it(kept: Confinement):
    code = "f = open('big', 'wb')\nwhile True: f.write(b'x' * 1_000_000)"
    assert (await ended_in(python(code), kept, 15)).exit_code != 0


@every_strict_way
async def test_too_much_memory_in_all_ends_it(kept: Confinement):
    code = "import os, time\nfor _ in range(6): os.fork()\nb = bytearray(30_000_000)\ntime.sleep(60)"
    finished = await ended_in(python(code, limits=Limits(seconds=30, memory_mb=128)), kept, 20)
    assert finished.ended_by == "memory"


@every_strict_way
async def test_it_cannot_read_what_is_ours(kept: Confinement, tmp_path: Path):
    (tmp_path / "secret").write_text("hush")
    tmp_path.chmod(0o700)
    finished = await run(shell(f"cat {tmp_path}/secret /proc/{os.getpid()}/environ; id -u"), kept)
    assert "hush" not in finished.stdout
    assert finished.stdout.strip() not in ("", "0", str(os.geteuid()))


@pytest.mark.skipif(Confinement("box", IS_ROOT) not in KEPT, reason="there is no bubblewrap")
async def test_a_box_has_no_network_and_no_neighbours():
    code = (
        "import os, socket\n"
        "few = len([n for n in os.listdir('/proc') if n.isdigit()]) < 10\n"
        "print(few, [n for _, n in socket.if_nameindex()])"
    )
    finished = await run(python(code), Confinement("box", IS_ROOT))
    assert finished.stdout.strip() == "True ['lo']"


@every_way
async def test_a_program_that_is_missing_is_refused(kept: Confinement):
    with pytest.raises(Refused) as refused:
        await run(Program(["/usr/bin/there-is-no-such"]), kept)
    assert refused.value.code == "program_missing"


def test_without_anything_to_keep_it_in_it_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("common.programs.confinement._found", lambda: None)
    with pytest.raises(Refused) as refused:
        best_confinement(allows_none=False)
    assert refused.value.code == "not_confined"
    assert best_confinement(allows_none=True).kind == "none"


WORKER = """
import asyncio
from common.programs import Limits, Program, run
from common.programs.confinement import Confinement
kept = Confinement({kind!r}, {is_root})
program = Program(
    ["/usr/bin/python3", "-c", "import time; time.sleep(99) # {marker}"], limits=Limits(seconds=99)
)
asyncio.run(run(program, kept))
"""


@every_way
def test_it_dies_with_its_worker(kept: Confinement):
    marker = f"marker{os.urandom(8).hex()}"
    code = WORKER.format(kind=kept.kind, is_root=kept.is_root, marker=marker)
    worker = subprocess.Popen([sys.executable, "-c", code])
    end = time.monotonic() + 10
    while len(alive(marker)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(alive(marker)) >= 2
    worker.kill()
    worker.wait()
    while alive(marker) and time.monotonic() < end:
        time.sleep(0.05)
    assert alive(marker) == []
