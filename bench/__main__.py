"""`python -m bench --help`"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import compare, experiments, generator, machine, report, web
from bench.ours import Ours
from bench.peers.database import MariaDatabase, PostgresDatabase
from bench.peers.kamailio import Kamailio

SIZES = "500x10,500x50,2000x10,2000x50"
SERVERS = "ours,kamailio-durable,kamailio-memory"
EXAMPLES = """
examples:
  python -m bench compare --quick                  one small size, one round, some minutes
  python -m bench compare --rounds 3               the whole table, about an hour
  python -m bench compare --servers ours           without peers
  python -m bench scale                            one and two SIP workers
  python -m bench big                              100 000 back-end subscriptions, and a restart with them
  python -m bench web                              XCAP over HTTP beside Kamailio's xcap_server, 3 minutes
  python -m bench report var/bench/results.jsonl   the tables again
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measures the server over real SIP, beside Kamailio on the same machine.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="for programs and results")
    commands = parser.add_subparsers(dest="command", required=True)
    comparing = commands.add_parser(
        "compare", help="us and the peers in turn; prints one table for each size"
    )
    comparing.add_argument(
        "--rounds", type=int, default=3, help="every server is run so often with every size (3)"
    )
    comparing.add_argument("--sizes", default=SIZES, help=f"lists x entries ({SIZES})")
    comparing.add_argument("--seconds", type=float, default=4, help="length of a phase (4)")
    comparing.add_argument(
        "--servers", default=SERVERS, help=f"in turn ({SERVERS}; ours-2 has two SIP workers)"
    )
    comparing.add_argument("--no-storm", action="store_true", help="leave the storm of 2000x10 out")
    comparing.add_argument("--more", action="store_true", help="add rounds to the results that are there")
    comparing.add_argument("--quick", action="store_true", help="100x10, one round, 2 seconds, no storm")
    for name, help in experiments.HELP.items():
        commands.add_parser(name, help=help)
    serving = commands.add_parser("web", help="XCAP over HTTP, with wrk, beside Kamailio's xcap_server")
    serving.add_argument("--rounds", type=int, default=3, help="each server in turn, so often (3)")
    serving.add_argument("--seconds", type=int, default=5, help="length of each measurement (5)")
    serving.add_argument("--only", default="", help="what to measure: GET, PUT document, 304, ...")
    reporting = commands.add_parser("report", help="print the tables of results")
    reporting.add_argument("results", type=Path)
    return parser.parse_args()


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # stops the servers, too
    options = arguments()
    try:
        return run(options)
    except generator.RunFailed as error:
        logging.getLogger("bench").error("%s", error)
        return 1


def run(options: argparse.Namespace) -> int:
    if options.command == "report":
        print(report.tables(options.results))  # noqa: T201
        return 0
    program = None if options.command == "web" else generator.build(options.folder.resolve())
    with tempfile.TemporaryDirectory(prefix="rls-bench-") as folder:
        Path(folder).chmod(0o755)  # the peer's database runs as another user
        if program is None:
            results = options.folder / "web.jsonl"
            wanted = {"rounds": options.rounds, "seconds": options.seconds, "only": options.only}
            print(web.web(Path(folder), results, **wanted))  # noqa: T201
            return 0
        if options.command == "compare":
            return compare_all(options, program, Path(folder))
        print(experiments.RUN[options.command](program, Path(folder)))  # noqa: T201
    return 0


def compare_all(options: argparse.Namespace, program: Path, folder: Path) -> int:
    wanted = "100x10" if options.quick else options.sizes
    sizes = [compare.Size.parse(size) for size in wanted.split(",")]
    plan = compare.Plan(
        sizes=sizes,
        rounds=1 if options.quick else options.rounds,
        seconds=2 if options.quick else options.seconds,
        storm=None if options.quick or options.no_storm else compare.Size(2000, 10),
    )
    results = options.folder / "results.jsonl"
    if not options.more:
        results.unlink(missing_ok=True)
    with ExitStack() as stack:
        servers: list[compare.Server] = []
        for name in options.servers.split(","):
            server = make(name, folder)
            stack.callback(server.close)
            server.prepare()
            servers.append(server)
        compare.compare(program, servers, plan, results)
    print(machine.describe(), report.tables(results), sep="\n\n")  # noqa: T201
    return 0


def make(name: str, folder: Path) -> compare.Server:
    """A server by its name in the tables. Raises RunFailed."""
    if name in ("ours", "ours-2"):
        return Ours(folder / name, workers=2 if name == "ours-2" else 1)
    if name == "kamailio-durable":
        return Kamailio(folder / "kamailio-pg", PostgresDatabase(folder / "pg"), memory=False)
    if name == "kamailio-memory":
        return Kamailio(folder / "kamailio-my", MariaDatabase(folder / "my"), memory=True)
    raise generator.RunFailed(f"no server {name!r}: {SERVERS},ours-2")


if __name__ == "__main__":
    sys.exit(main())
