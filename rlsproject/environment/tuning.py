"""Settings that tune the SIP worker."""

from __future__ import annotations

from rlsproject.variables import NUMBER, WHOLE, Section, Setting

TUNING = Section(
    "Tuning of the SIP worker; the defaults were measured",
    (
        Setting(
            "RLS_WORKER",
            WHOLE,
            "1",
            "",
            "Number of this SIP worker, different for each that shares a database.",
        ),
        Setting(
            "RLS_SETTLE_TIME",
            NUMBER,
            "2",
            "s",
            "First states are told once all back ends have answered, or after this time.",
        ),
        Setting(
            "RLS_SLICES",
            WHOLE,
            "5",
            "",
            "Watchers are told in this many groups, spread over RLS_WAITN_TIME.",
        ),
        Setting(
            "RLS_COMMIT_WAITING",
            WHOLE,
            "32",
            "NOTIFYs",
            "So many waiting back-end NOTIFYs start a commit at once.",
        ),
        Setting(
            "RLS_COMMIT_GAP_MS", NUMBER, "60", "ms", "Else a commit starts this long after the last one did."
        ),
        Setting(
            "RLS_BACKEND_IN_FLIGHT",
            WHOLE,
            "512",
            "SUBSCRIBEs",
            "Back-end SUBSCRIBEs that may wait for an answer.",
        ),
    ),
)
