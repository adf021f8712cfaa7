"""`rls reload-list` and `rls cleanup`."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from rls import services
from sipworker.operating.command import Options, Part, Result
from xcap import store
from xcap.errors import Conflict
from xcap.selectors import InvalidSelector, Xui


def _add_owner(parser: CommandParser) -> None:
    parser.add_argument("owner", nargs="?", default="", help="user@domain whose lists; without: everybody's")


def _reload(options: Options) -> Result:
    owner = options["owner"].removeprefix("sip:")
    if not owner:
        services.all_lists_changed()
        return Result({"documents": None}, "The SIP workers compare all subscriptions with their lists.")
    try:
        number = store.reread(Xui.parse(owner, ""))
    except (Conflict, InvalidSelector) as error:
        raise CommandError(f"The lists of {owner} cannot be read: {error}") from error
    return Result({"documents": number}, f"{number} documents of {owner} were read again.")


def _clean_up(options: Options) -> Result:
    deleted = services.clean_up()
    return Result({"deleted": deleted}, f"{deleted} rows deleted.")


RELOAD = Part(
    "reload-list",
    "Read lists again and bring running subscriptions in line: what `rls_update_subscriptions` of OpenSIPS "
    "does, after somebody changed the tables by SQL. REST: POST /api/v1/update-subscriptions.",
    ("reload-list alice@example.com", "reload-list"),
    _reload,
    _add_owner,
)
CLEAN_UP = Part(
    "cleanup",
    "Delete at once what Celery deletes every RLS_CLEAN_PERIOD: subscriptions nobody owns, old records.",
    ("cleanup",),
    _clean_up,
)
