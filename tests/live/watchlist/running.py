"""The watchlist command as a process."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple

from tests.live.rig.waiting import LIMIT

PROJECT = Path(__file__).resolve().parents[3]
LIST = "sip:friends@example.test"
ALICE = "sip:alice@example.test"


class Finished(NamedTuple):
    code: int
    out: str
    err: str


async def start(server: str, *arguments: str, password: str = "") -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", "watchlist", LIST, "--as", ALICE, "--server", server, *arguments,
        cwd=PROJECT,
        env={**os.environ, "RLS_PASSWORD": password},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def finish(process: asyncio.subprocess.Process) -> Finished:
    async with asyncio.timeout(LIMIT):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())


async def watchlist(server: str, *arguments: str, password: str = "") -> Finished:
    return await finish(await start(server, *arguments, password=password))
