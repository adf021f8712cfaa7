"""The settings that OpenSIPS has, too: rls and its modules."""

from __future__ import annotations

from rlsproject.variables import FLAG, LIST, NUMBER, TEXT, WHOLE, Section, Setting

OPENSIPS = Section(
    "The list server, under the names of the OpenSIPS parameters",
    (
        Setting(
            "RLS_WAITN_TIME",
            NUMBER,
            "1",
            "s",
            "Changes are collected this long, then told in one NOTIFY.",
            live=True,
        ),
        Setting(
            "RLS_MAX_EXPIRES",
            WHOLE,
            "7200",
            "s",
            "Longest subscription; longer ones are shortened to it.",
            live=True,
        ),
        Setting(
            "RLS_WAITN_TIMES",
            LIST,
            "",
            "event or list:seconds",
            "Other times for event packages or lists, such as presence:5,sip:helpdesk@example.org:0.2. "
            "For the rest: RLS_WAITN_TIME, or what the package's RFC asks (5 for winfo, reg, conference, "
            "xcap-diff; 1 for dialog, message-summary) if that is longer.",
            live=True,
        ),
        Setting("RLS_CLEAN_PERIOD", NUMBER, "100", "s", "How often expired subscriptions are cleared away."),
        Setting(
            "RLS_PRESENCE_SERVER",
            LIST,
            "",
            "SIP URIs",
            "Where back-end subscriptions, and requests that are not for lists, go: the first that works; "
            "empty: to the domain of each URI (`make run`: to the demo's contacts).",
        ),
        Setting(
            "RLS_TO_PRESENCE_CODE",
            WHOLE,
            "0",
            "SIP code",
            "Answer to a SUBSCRIBE that is not for a list, instead of forwarding it; 0: not set.",
        ),
        Setting(
            "RLS_XCAP_ROOT",
            LIST,
            "",
            "URLs",
            "XCAP roots of foreign servers, asked in this order, such as https://rls:secret@xcap.example.com/"
            "xcap-root/ (with the user and password of its Digest, if it wants them).",
        ),
        Setting(
            "RLS_INTEGRATED_XCAP_SERVER",
            FLAG,
            "1",
            "",
            "1: the lists are in the table `xcap` of our own database, and RLS_XCAP_ROOT is only where "
            "<external> may lead to; 0: they are below RLS_XCAP_ROOT.",
        ),
        Setting("RLS_EVENTS", LIST, "presence,dialog", "event packages", "What can be subscribed to."),
        Setting("RLS_CONTACT_USER", TEXT, "rls", "", "User part of the Contact URIs we write."),
        Setting(
            "RLS_SERVER_ADDRESS",
            TEXT,
            "",
            "SIP URI",
            "The address we give for ourselves, as seen from outside (NAT, virtual address); "
            "empty: the listening address.",
        ),
    ),
)
