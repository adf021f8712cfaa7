"""Fuzz with coverage: `python -m tests.fuzz [--seconds N] [target …]`; finds go to tests/fuzz/cases."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["rls", "xcap", "sipworker", "websockets"], enable_loader_override=False
):
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import TARGETS

CASES = Path(__file__).parent / "cases"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], help="all of them by default")
    parser.add_argument("--seconds", type=int, default=240, help="for each target")
    arguments = parser.parse_args()
    names = arguments.targets or list(TARGETS)
    if len(names) == 1:
        _fuzz(names[0], arguments.seconds)
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(arguments.seconds)]
    failed = [name for name in names if subprocess.run([*command, name], check=False).returncode]
    sys.stderr.write(f"broken: {', '.join(failed) or 'none'}\n")
    return len(failed)


def _fuzz(name: str, seconds: int) -> None:
    """Does not return: the fuzzer ends the process."""
    folder = CASES / name
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS[name]):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", "-max_len=4096",
                   "-timeout=60", "-print_final_stats=1"]  # fmt: skip
        atheris.Setup([sys.argv[0], corpus, str(folder), *options], TARGETS[name])
        atheris.Fuzz()


sys.exit(main())
