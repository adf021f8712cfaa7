"""One format for structlog and the standard library, as text or JSON."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import AdminEmailHandler, log_response

from rlsproject import logs


def line(log_format: str, event: object) -> str:
    record = logging.LogRecord("rls.test", logging.WARNING, __file__, 1, event, None, None)
    return logs.formatter(log_format).format(record)


def test_json_has_one_object_per_line() -> None:
    written = json.loads(line("json", "hello"))
    assert (written["event"], written["level"], written["logger"]) == ("hello", "warning", "rls.test")


def test_text_is_for_people() -> None:
    assert "[warning" in line("text", "hello")


def test_errors_are_not_sent_by_mail() -> None:
    """A mail of Django's would have the settings in it, and with them the broker's password."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    handlers = [handler for logger in loggers for handler in logger.handlers]
    assert not [handler for handler in handlers if isinstance(handler, AdminEmailHandler)]


class Keeping(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_structlog_goes_through_the_standard_library() -> None:
    handler = Keeping()
    logging.getLogger("rls.through").addHandler(handler)
    structlog.get_logger("rls.through").warning("subscription.accepted", call_id="1@h")
    written = json.loads(logs.formatter("json").format(handler.records[0]))
    assert (written["event"], written["call_id"]) == ("subscription.accepted", "1@h")


@pytest.mark.parametrize(("path", "written"), [("/readyz", 0), ("/admin/", 1)])
def test_that_it_is_not_ready_is_an_answer_and_no_failure(path: str, written: int) -> None:
    """Else each start fills the recent errors of the admin."""
    handler, logger = Keeping(), logging.getLogger("django.request")
    logger.addHandler(handler)
    request = RequestFactory().get(path)
    log_response("Service Unavailable: %s", path, request=request, response=HttpResponse(status=503))
    logger.removeHandler(handler)
    assert len(handler.records) == written


def test_ticks_are_quiet_unless_debugging() -> None:
    assert not logging.getLogger("celery.beat").isEnabledFor(logging.INFO)
