"""How long composing the body of a list NOTIFY takes: `python bench/compose_rate.py`."""

import sys
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rls.domain.aggregate import InstanceView, ResourceView, compose
from rls.domain.rlmi import Name

_START = b'<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:u@example.test">'
PIDF = _START.ljust(330, b"x")
NAMES = (Name("Team"),)


def view(number: int) -> ResourceView:
    instance = InstanceView(f"i{number}", "active", None, "application/pidf+xml", PIDF)
    return ResourceView(f"sip:user{number}@example.test", (Name(f"User {number}"),), (instance,))


def microseconds(count: int) -> float:
    """Best of many short runs, per call: what else the machine does must not count."""
    resources = [view(number) for number in range(count)]

    def call() -> None:
        compose("sip:team@example.test", 7, False, NAMES, resources, "example.test", "w1-7f3a")

    return min(timeit.repeat(call, number=100, repeat=200)) / 100 * 1e6


if __name__ == "__main__":
    for count in (1, 5, 20, 100):
        print(f"{count:4} resources: {microseconds(count):7.1f} us")  # noqa: T201
