"""One NOTIFY as one JSON line."""

from __future__ import annotations

import json
from typing import Any

from sipworker.watchlist.report import Report
from sipworker.watchlist.table import InstanceRow, ListTable, Row


def json_line(report: Report, table: ListTable, unix_time: float) -> str:
    """Its header fields, what became of it, and the resources it told as they are now."""
    told = [_resource(table.rows[uri]) for uri in report.told if uri in table.rows]
    meta = report.body.meta if report.body else None
    return json.dumps(
        {
            "time": round(unix_time, 3),
            "cseq": report.cseq,
            "subscription": report.state._asdict(),
            "outcome": report.outcome,
            "problem": report.problem or None,
            "list": meta.uri if meta else table.uri,
            "version": meta.version if meta else None,
            "full_state": meta.full_state if meta else None,
            "resources": told,
        },
        ensure_ascii=True,
    )


def _resource(row: Row) -> dict[str, Any]:
    return {
        "uri": row.uri,
        "names": [name.text for name in row.names],
        "instances": [_instance(instance) for instance in row.instances.values()],
    }


def _instance(instance: InstanceRow) -> dict[str, Any]:
    said, nested = instance.said, instance.nested
    return {
        "id": instance.id,
        "state": instance.state,
        "reason": instance.reason,
        "says": said.state if said else None,
        "note": said.note if said else None,
        "activities": list(said.activities) if said else [],
        "resources": [_resource(row) for row in nested.rows.values()] if nested else [],
    }
