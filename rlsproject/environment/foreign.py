"""Settings for lists that are on foreign XCAP servers."""

from __future__ import annotations

from rlsproject.variables import NUMBER, TEXT, WHOLE, Section, Setting

FOREIGN = Section(
    "Lists on foreign XCAP servers (RLS_XCAP_ROOT)",
    (
        Setting(
            "RLS_XCAP_LOOKUP",
            TEXT,
            "user",
            "user or global",
            "Where services are looked up: in rls-services/users/<watcher>/index, as OpenSIPS and Kamailio "
            "do, or in rls-services/global/index (RFC 4826), which the server has to let us read.",
        ),
        Setting(
            "RLS_XCAP_TOKEN",
            TEXT,
            "",
            "",
            "Bearer token for the roots that name no user; over https only, or to a loopback address.",
        ),
        Setting(
            "RLS_XCAP_CA_FILE", TEXT, "", "PEM file", "Who signs their certificates; empty: the system's."
        ),
        Setting("RLS_XCAP_TIMEOUT", NUMBER, "2", "s", "Longest wait for a list."),
        Setting(
            "RLS_XCAP_POLL",
            NUMBER,
            "60",
            "s",
            "How often each document that a subscribed list rests on is asked for changes (If-None-Match).",
        ),
        Setting("RLS_XCAP_ABSENT", NUMBER, "10", "s", "How long we believe that a document does not exist."),
        Setting(
            "RLS_XCAP_FAILURE_CODE",
            WHOLE,
            "500",
            "500, 502 or 503",
            "Answer, with Retry-After, to a SUBSCRIBE whose list cannot be fetched; 503 says that we are "
            "unfit altogether.",
        ),
        Setting(
            "RLS_XCAP_DIFF_SERVER",
            TEXT,
            "",
            "SIP URI",
            "Where to subscribe to changes of the documents, too (event package xcap-diff, RFC 5875).",
        ),
    ),
)
