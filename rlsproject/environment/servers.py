"""Settings of what we run on: database, broker, files, logs."""

from __future__ import annotations

from rlsproject.variables import TEXT, Section, Setting

SERVERS = Section(
    "Database, broker, files, logs",
    (
        Setting(
            "DATABASE_URL",
            TEXT,
            "",
            "postgresql://user:password@host/name",
            "The PostgreSQL database; empty: the embedded one.",
        ),
        Setting(
            "BROKER_URL",
            TEXT,
            "",
            "redis://host or amqp://host",
            "Celery's broker; empty: the embedded Valkey.",
        ),
        Setting(
            "RLS_VAR", TEXT, "var", "folder", "Data of the embedded servers, logs, the generated SECRET_KEY."
        ),
        Setting(
            "LOG_FORMAT", TEXT, "text", "text or json", "One line per event, for people or for programs."
        ),
        Setting(
            "LOG_LEVEL",
            TEXT,
            "info",
            "debug, info, warning or error",
            "The least that is logged; SIGHUP lets processes read it again from the file of settings.",
        ),
    ),
)
