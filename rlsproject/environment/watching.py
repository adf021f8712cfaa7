"""Settings for those who watch the server: metrics, health, traces."""

from __future__ import annotations

from rlsproject.variables import LIST, TEXT, Section, Setting

WATCHING = Section(
    "Metrics and health",
    (
        Setting(
            "RLS_WORKER_HTTP",
            TEXT,
            "",
            "address:port",
            "Where a SIP worker serves /metrics, /healthz, /readyz, such as 127.0.0.1:9462; empty: nowhere.",
        ),
        Setting(
            "RLS_METRICS_FROM",
            LIST,
            "127.0.0.0/8,::1",
            "addresses or networks",
            "Who may read /metrics of the web; never what came through a proxy.",
        ),
        Setting(
            "RLS_HOMER",
            TEXT,
            "",
            "address:port",
            "Where messages that are traced are sent, too, as HEPv3 by UDP (Homer); empty: nowhere.",
        ),
    ),
)
