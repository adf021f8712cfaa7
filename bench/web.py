"""XCAP over HTTP, measured with wrk: ours and Kamailio's xcap_server in turn."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import cpu, http_load, machine
from bench.generator import SIP_PORT, WEB_PORT, RunFailed
from bench.lists import DOMAIN, RESOURCE_LISTS_TYPE, resource_lists
from bench.ours import Ours
from bench.peers.database import PostgresDatabase
from bench.peers.xcap import KamailioXcap
from bench.table import number, spread

log = logging.getLogger("bench")

USERS, ENTRIES, CONNECTIONS = 50, 10, 4
DOCUMENT = f"/xcap-root/resource-lists/users/sip:w{{user}}@{DOMAIN}/index"
ELEMENT = f"{DOCUMENT}/~~/resource-lists/list%5b@name=%22friends%22%5d/entry%5b@uri=%22sip:r3@{DOMAIN}%22%5d"
ENTRY = f'<entry uri="sip:r3@{DOMAIN}"><display-name>{{count}}</display-name></entry>'
LIST = f"/api/v1/lists/w{{user}}@{DOMAIN}/friends"
RENAMED = '{"display_name": "{count}"}'
NOTES = f"""
{CONNECTIONS} connections, {USERS} documents of {ENTRIES} entries; medians, of the rates also the lowest and
the highest. Latency in ms; CPU in seconds per 1000 requests of web server and database.
Ours: one gunicorn process, with validation, history and notices to the SIP workers, durable commits.
Kamailio: 4 TCP processes in C, no validation, synchronous_commit off.
OpenXCAP 3.2 is not run here: with SQLite and validation, on another machine of 2 cores, it answered
580 GET/s and 225 PUT/s of such documents.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A script of bench/wrk with its arguments. `conditional`: with the entity tag of the only user asked.

    `ours`: an interface that peers do not have, asked with the token of an operator.
    """

    name: str
    script: str
    arguments: tuple[str, ...]
    conditional: bool = False
    ours: bool = False


CASES = (
    Case("GET document", "get", (DOCUMENT,)),
    Case("GET document, 304", "get", (DOCUMENT,), conditional=True),
    Case("GET element", "get", (ELEMENT,)),
    Case("PUT document", "write", (DOCUMENT, "PUT", RESOURCE_LISTS_TYPE, resource_lists(ENTRIES, "{count}"))),
    Case("PUT element", "write", (ELEMENT, "PUT", "application/xcap-el+xml", ENTRY)),
    Case("REST: GET list", "get", (LIST,), ours=True),
    Case("REST: PATCH list", "write", (LIST, "PATCH", "application/json", RENAMED), ours=True),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """`cpu`: seconds per 1000 requests by process."""

    load: http_load.Load
    cpu: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server, and which of its processes count."""

    server: Ours | KamailioXcap
    port: int
    processes: tuple[str, ...]

    def fill(self) -> None:
        """Give every user a document. Raises RunFailed."""
        for user in range(USERS):
            self.ask("PUT", user, resource_lists(ENTRIES, "new"))

    def ask(self, method: str, user: int, body: str = "", etag: str = "") -> tuple[int, str]:
        """Status and entity tag of one answer. Raises RunFailed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": RESOURCE_LISTS_TYPE} if body else {}
        headers |= {"If-None-Match": etag} if etag else {}
        try:
            connection.request(method, DOCUMENT.format(user=user), body or None, headers)
            answer = connection.getresponse()
            text = answer.read()
        except OSError as error:
            raise RunFailed(f"{self.server.name} does not answer: {error}") from None
        finally:
            connection.close()
        if answer.status not in (200, 201, 304):
            raise RunFailed(f"{self.server.name} answered {answer.status}: {text[:500]!r}")
        return answer.status, answer.headers.get("ETag", "")

    def measure(self, case: Case, seconds: float) -> Measured:
        """Raises RunFailed if a single answer was an error."""
        users, more = str(USERS), case.arguments
        if case.conditional:
            users, more = "1", (*more, "If-None-Match", self._unchanged())
        if case.ours:
            assert isinstance(self.server, Ours)
            more = (*more, "Authorization", f"Bearer {self.server.token}", "If-Match", "*")
        machine.wait_until_quiet(1)
        pids = {name: self.server.groups()[name] for name in self.processes}
        before = cpu.used(pids)
        try:
            load = http_load.run(
                case.script, f"http://127.0.0.1:{self.port}", CONNECTIONS, seconds, users, *more
            )
        except RunFailed as error:
            raise RunFailed(f"{self.server.name}, {case.name}: {error}") from None
        after = cpu.used(pids)
        return Measured(load, {name: 1000 * (after[name] - before[name]) / load.requests for name in pids})

    def _unchanged(self) -> str:
        """The entity tag that gets a 304. Raises RunFailed."""
        _, etag = self.ask("GET", 0)
        status, _ = self.ask("GET", 0, etag=etag)
        if status != 304:
            raise RunFailed(f"{self.server.name} answered {status} where 304 is due")
        return etag


Found = dict[str, dict[str, list[Measured]]]
"""Rounds by case and server."""


def web(folder: Path, results: Path, *, rounds: int, seconds: float, only: str) -> str:
    """The table; each measurement is a line of JSON added to `results`. Raises RunFailed.

    `only`: a part of the names of the cases that are wanted.
    """
    cases = [case for case in CASES if only in case.name]
    if not cases:
        raise RunFailed(f"no case {only!r}: {', '.join(case.name for case in CASES)}")
    peer = KamailioXcap(folder / "kamailio", PostgresDatabase(folder / "pg"))
    ours = Ours(folder / "ours", web=True)
    served = [Served(ours, WEB_PORT, ("web", "database")), Served(peer, SIP_PORT, ("worker", "database"))]
    try:
        for each in served:
            each.server.prepare()
        return f"{machine.describe()}\n\n{table(_rounds(served, cases, results, rounds, seconds))}\n{NOTES}"
    finally:
        for each in served:
            each.server.close()


def _rounds(
    served: Sequence[Served], cases: Sequence[Case], results: Path, rounds: int, seconds: float
) -> Found:
    """The same machine, and the same minute, for each pair of figures; who is not asked, idles."""
    found: Found = {case.name: {each.server.name: [] for each in served} for case in cases}
    for each in served:
        each.server.start(USERS, ENTRIES)
        each.fill()
    for turn in range(1, rounds + 1):
        for case in cases:
            for each in served if not case.ours else served[:1]:
                measured = each.measure(case, seconds)
                found[case.name][each.server.name].append(measured)
                _keep(results, case.name, each.server.name, turn, measured)
    return found


def _keep(results: Path, case: str, server: str, turn: int, measured: Measured) -> None:
    results.parent.mkdir(parents=True, exist_ok=True)
    record = {"server": server, "mode": "web", "case": case, "round": turn, "result": asdict(measured)}
    with results.open("a") as file:
        file.write(json.dumps(record) + "\n")
    log.info("round %d, %s, %s: %.0f/s", turn, case, server, measured.load.rate)


def table(found: Found) -> str:
    """One line for each case and server, with the spread of its rounds; the ratio is that of the medians."""
    lines = ["| | server | requests/s | p50 | p99 | CPU | ratio |", "|---|---|---|---|---|---|---|"]
    for case, servers in found.items():
        measured = {server: rounds for server, rounds in servers.items() if rounds}
        rates = [[each.load.rate for each in rounds] for rounds in measured.values()]
        for place, (server, rounds) in enumerate(measured.items()):
            ratio = "" if place or len(rates) < 2 else f"{median(rates[0]) / median(rates[1]):.2f}"
            lines.append(f"| {case} | {server} | {spread(rates[place])} | {_others(rounds)} | {ratio} |")
    return "\n".join(lines)


def _others(rounds: Sequence[Measured]) -> str:
    p50, p99 = (number(median(getattr(each.load, name) for each in rounds)) for name in ("p50", "p99"))
    costs = {name: median(each.cpu[name] for each in rounds) for name in rounds[0].cpu}
    split = ", ".join(f"{name} {number(cost)}" for name, cost in costs.items())
    return f"{p50} | {p99} | {split}"
