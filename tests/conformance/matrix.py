"""The requirements as data: `requirements/*.tsv`, in our own words."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("requirements")
MATRICES = {
    "sip": "SIP: RFC 4662, 6665, 3261 and their kin",
    "decisions": "SIP: what each SUBSCRIBE and NOTIFY is answered, in the order of the checks",
    "xcap": "XCAP: RFC 4825, 4826 and their kin",
}


@dataclass(frozen=True)
class Requirement:
    """`rfc` is "-" where no RFC says it; `priority` is P0, P1 or P2."""

    id: str
    rfc: str
    section: str
    priority: str
    role: str
    requirement: str

    @property
    def source(self) -> str:
        return "practice" if self.rfc == "-" else f"RFC {self.rfc} {self.section}".strip()


@cache
def matrix(name: str) -> tuple[Requirement, ...]:
    """One of MATRICES, in its order."""
    return tuple(Requirement(**row) for row in _rows(name))


@cache
def by_id() -> dict[str, Requirement]:
    return {requirement.id: requirement for name in MATRICES for requirement in matrix(name)}


@cache
def untestable() -> dict[str, str]:
    """Why a requirement cannot be tested from outside, by id."""
    return {row["id"]: row["reason"] for row in _rows("untestable")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
