"""Writing what tables and cards say into the stored lists, all of a list or nothing of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from xcap import store
from xcap.documents import empty, labels
from xcap.documents.entries import entries, with_entries
from xcap.documents.validation import parse
from xcap.domains import default_domain
from xcap.errors import Conflict
from xcap.exchange.changes import Changes, Line, Plan, plan
from xcap.exchange.record import Record
from xcap.selectors import DocumentSelector, InvalidSelector, Xui
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES, ApplicationUsage


@dataclass(slots=True)
class Outcome(Changes):
    """What became of one list; `stored` False where nothing was written."""

    user: str
    list_name: str
    stored: bool = False

    @property
    def summary(self) -> str:
        """In few words: refused, how many entries come, go and change."""
        if self.failed:
            return "refused"
        numbers = {sign: sum(line.sign == sign for line in self.lines) for sign in "+-~="}
        words = f"+{numbers['+']} -{numbers['-']} ~{numbers['~']}, {numbers['=']} stay"
        return words if self.stored or not self.changes else f"{words} (dry run)"

    def __str__(self) -> str:
        return f"{self.user or 'nobody'}, list {self.list_name or 'without a name'}"


@dataclass(frozen=True, slots=True)
class Options:
    """`replace` also removes what the file does not name; a dry run says all and writes nothing."""

    replace: bool = False
    dry_run: bool = False
    author: str = "import"


def number_of_lists(records: Iterable[Record]) -> int:
    """How many outcomes their import has."""
    return len({(record.user, record.list_name) for record in records})


def import_lists(records: Iterable[Record], options: Options) -> Iterator[Outcome]:
    """Import records; gives the outcome of each list as soon as it is known.

    Every document is written once, in a transaction of its own, with those of its lists that
    have no problem.
    """
    # Sorting is stable: within a list, the file's order stays.
    ordered = sorted(records, key=_document_of)
    for (user, services), group in groupby(ordered, key=_document_of):
        usage = RLS_SERVICES if services else RESOURCE_LISTS
        yield from _import_document(user, usage, list(group), options)


def _document_of(record: Record) -> tuple[str, bool]:
    return record.user, labels.is_service(record.list_name)


def _import_document(
    user: str, usage: ApplicationUsage, records: list[Record], options: Options
) -> list[Outcome]:
    by_list: dict[str, list[Record]] = {}
    for record in records:
        by_list.setdefault(record.list_name, []).append(record)
    outcomes = [Outcome(user, name) for name in by_list]
    try:
        owner = Xui.parse(user, default_domain())
    except InvalidSelector as error:
        return _refuse_all(
            outcomes, str(error) if user else "no user is named, neither here nor for the whole file"
        )
    try:
        with transaction.atomic():
            writer = _Writer(DocumentSelector(usage.auid, owner, "index"), usage, options)
            for outcome in outcomes:
                writer.take(outcome, by_list[outcome.list_name])
            writer.finish()
    except store.NotFound:
        return _refuse_all(outcomes, f"there is no subscriber {owner}; create it first")
    except Conflict as error:
        return _refuse_all(outcomes, str(error))
    return outcomes


def _refuse_all(outcomes: list[Outcome], why: str) -> list[Outcome]:
    for outcome in outcomes:
        outcome.stored = False
        outcome.lines.append(Line("!", why))
    return outcomes


class _Writer:
    """Collects the lists of one document and checks each as a PUT is checked."""

    def __init__(self, selector: DocumentSelector, usage: ApplicationUsage, options: Options) -> None:
        self._selector, self._usage, self._options = selector, usage, options
        document = store.lock(usage, selector)
        nothing = empty.SERVICES if usage is RLS_SERVICES else empty.LISTS
        self._body = bytes(document.doc) if document else nothing
        self._change: store.Change | None = None

    def take(self, outcome: Outcome, records: Sequence[Record]) -> None:
        try:
            body, planned = self._planned(outcome.list_name, records)
            outcome.lines += planned.lines
            if not planned.failed and body != self._body:
                self._change = store.check(self._usage, self._selector, body)
                self._body = body
                outcome.stored = not self._options.dry_run
        except (Conflict, labels.NoSuchList) as error:
            outcome.lines.append(Line("!", str(error)))

    def _planned(self, label: str, records: Sequence[Record]) -> tuple[bytes, Plan]:
        if problems := [record for record in records if record.problem]:
            return self._body, Plan([], lines=[Line("!", each.problem, each.line) for each in problems])
        body = labels.with_list(self._body, label)
        locate = labels.locate(label)
        present = entries(locate(parse(body)))
        planned = plan(present, records, replace=self._options.replace)
        if planned.failed:
            return self._body, planned
        if body != self._body:
            planned.lines.insert(0, Line("+", f"the list {label}"))
        return with_entries(body, locate, planned.wanted), planned

    def finish(self) -> None:
        if self._change and not self._options.dry_run:
            self._change.apply(self._options.author)
