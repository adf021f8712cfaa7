"""Lists that a SUBSCRIBE brings along (RFC 5367): rows D32 and D35 of the decision table."""

from __future__ import annotations

from typing import NamedTuple

from rls.domain.lists import FlatList, ListTooLong
from rls.domain.recipients import NoRecipientList, flat_list, joined
from sipworker.engine.bodies import Body
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Rejection, with_warning

BAD_LIST = "Bad recipient list"


class Recipients(NamedTuple):
    """`document` is what has to be kept of the body."""

    document: bytes
    flat: FlatList


def recipients_in(body: Body, options: WorkerOptions) -> Recipients | Rejection:
    if not body.lists:
        return with_warning(400, BAD_LIST, "there is no list in it")
    try:
        document = joined(body.lists)
        return Recipients(document, flat_list([document], options.list_limit))
    except ListTooLong as error:
        return Rejection(413, str(error))
    except NoRecipientList as error:
        return with_warning(400, BAD_LIST, str(error))
