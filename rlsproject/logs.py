"""One log format for web, Celery and SIP worker: coloured text, or JSON by LOG_FORMAT=json.

Both structlog's loggers and the standard library's end in the same handler, on stderr.
"""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
# They say something about every tick or request.
TALKATIVE = ("celery.beat", "celery.worker.strategy", "celery.app.trace", "httpx")


def configure(log_format: str, level: str) -> None:
    """Set up logging for this process; `log_format` is text or json, `level` a name of logging's.

    Unknown words fall back to text and info: the system checks reject them by name.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(log_format))
    root = logging.getLogger()
    root.handlers = [handler]
    logging.getLogger("django.request").addFilter(_is_a_failure)
    set_level(level)


def set_level(level: str) -> None:
    """From now on; an unknown word means info."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.getLogger().setLevel(number)
    # A 401 that asks for credentials is no event; errors are.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING if number == logging.INFO else number)


def _is_a_failure(record: logging.LogRecord) -> bool:
    """A 503 of /readyz is the answer to a question that is asked every second, at each start for instance."""
    request = getattr(record, "request", None)
    return getattr(request, "path", "") != "/readyz" or getattr(record, "status_code", 0) != 503


def formatter(log_format: str) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
    )


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
