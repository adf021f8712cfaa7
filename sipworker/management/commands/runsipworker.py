from __future__ import annotations

import asyncio
import gc
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand

from sipworker.check import check
from sipworker.engine import systemd
from sipworker.engine.options import WorkerOptions
from sipworker.engine.worker import SipWorker
from sipworker.transport.descriptors import allow_many

log = logging.getLogger("rls.worker")


class Command(BaseCommand):
    help = (
        "Run one SIP worker: it owns the SIP sockets of RLS_SIP_LISTEN and the subscriptions that reach "
        "them. Stopping it (Ctrl-C, SIGTERM) ends no subscription: started again, it goes on with them. "
        "SIGHUP takes the log level from the file of settings, reads the TLS certificates again and looks "
        "names and lists up anew; connections and subscriptions go on. "
        "Several workers may run side by side, each with its own RLS_WORKER number and RLS_SIP_LISTEN."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="verify settings, sockets, database, migrations and broker; exit 1 and say what is wrong",
        )
        parser.add_argument("--run-for", type=float, metavar="SECONDS", help="stop by itself after that time")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            check(self.stdout.write)
            return
        asyncio.run(self._serve(options["run_for"]))

    async def _serve(self, seconds: float | None) -> None:
        allow_many()
        worker = SipWorker(WorkerOptions.from_settings())
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signal_number, worker.stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._reload(worker))
        if seconds is not None:
            loop.call_later(seconds, worker.stop)
        await worker.start()
        gc.collect()
        gc.freeze()
        # Dialogs live long and hold no cycles worth a hurry: look for garbage seldom.
        gc.set_threshold(50_000, 50, 100)
        await worker.run()

    @staticmethod
    def _reload(worker: SipWorker) -> None:
        systemd.tell(systemd.reloading())
        try:
            level = settings.RELOAD_LOG_LEVEL()
        except (ImproperlyConfigured, OSError) as error:
            log.error("settings cannot be read, left as they were", extra={"error": str(error)})
            level = "as it was"
        worker.reload()
        log.info("reloaded", extra={"log_level": level})
        systemd.tell(systemd.READY)
