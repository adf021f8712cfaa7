"""The conformance table: for the terminal, and as the page docs/reference/conformance.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.conformance.matrix import MATRICES, Requirement, matrix, untestable
from tests.conformance.verdicts import ORDER, Verdicts

PRIORITIES = ("P0", "P1", "P2")
INTRODUCTION = """\
# Conformance

What the RFCs ask of a list server, and what the tests say of this one. `make conformance` runs every
test that names a requirement, prints this table and writes this page; with `ARGS=--collect-only` it
takes all tests for passed.

**passed**: its tests pass. **not covered**: no test names it yet. **untestable**: it cannot be seen from
outside, or we chose otherwise; the row says why. P0: without it a list server is broken; P1: a good one
has it; P2: best in class. To find the tests of a requirement: `grep -rn R4662-5.2-3 tests`.

`tests/conformance` can be held [against another list server](../how-to/conformance.md).
"""


def terminal(verdicts: Verdicts) -> Iterator[str]:
    """Lines: every requirement, then the summaries."""
    for name, title in MATRICES.items():
        yield from ("", title)
        for each in matrix(name):
            yield f"{each.id:18} {each.priority} {_verdict(each, verdicts):12} {each.requirement}"
    for heading, rows in _summaries(verdicts):
        yield from ("", f"{heading:28}" + "".join(f"{name:>13}" for name in ORDER))
        for label, numbers in rows:
            yield f"{label:28}" + "".join(f"{number:13}" for number in numbers)


def markdown(verdicts: Verdicts) -> str:
    lines = [INTRODUCTION]
    for heading, rows in _summaries(verdicts):
        lines += [f"| {heading} | {' | '.join(ORDER)} |", "|---|" + "--:|" * len(ORDER)]
        lines += [f"| {label} | {' | '.join(map(str, numbers))} |" for label, numbers in rows]
        lines.append("")
    for name, title in MATRICES.items():
        lines += [f"## {title}", "", "| Id | Source | | Requirement | Verdict |", "|---|---|---|---|---|"]
        lines += [_row(each, verdicts) for each in matrix(name)]
        lines.append("")
    return "\n".join(lines)


def _row(each: Requirement, verdicts: Verdicts) -> str:
    text = each.requirement.replace("|", "\\|").replace("<", "&lt;").replace("[", "\\[").replace("*", "\\*")
    return f"| {each.id} | {each.source} | {each.priority} | {text} | {_verdict(each, verdicts)} |"


def _verdict(each: Requirement, verdicts: Verdicts) -> str:
    verdict = verdicts.of(each)
    return f"untestable: {untestable()[each.id]}" if verdict == "untestable" else verdict


Rows = list[tuple[str, list[int]]]


def _summaries(verdicts: Verdicts) -> Iterator[tuple[str, Rows]]:
    """By priority and by RFC."""
    everything = [(name, each) for name in MATRICES for each in matrix(name)]

    def counted(labels: Iterable[tuple[str, Sequence[Requirement]]]) -> Rows:
        rows = ((label, verdicts.count(members)) for label, members in labels)
        return [(label, [count[name] for name in ORDER]) for label, count in rows]

    groups = [("sip", "SIP"), ("decisions", "SIP answers"), ("xcap", "XCAP")]
    yield (
        "Matrix and priority",
        counted(
            (f"{title} {priority}", [each for each in matrix(name) if each.priority == priority])
            for name, title in groups
            for priority in PRIORITIES
        ),
    )
    rfcs = sorted({each.rfc for _, each in everything})
    yield (
        "RFC",
        counted(
            ("practice" if rfc == "-" else rfc, [each for _, each in everything if each.rfc == rfc])
            for rfc in rfcs
        ),
    )
