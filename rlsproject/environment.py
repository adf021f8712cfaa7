"""The table of all settings: name, kind, default, unit, meaning.

The only place that describes them: `settings.py` takes its values from here, and
`manage.py settingsreference` makes docs/reference/settings.md and .env.example of it.
"""

from __future__ import annotations

from rlsproject.variables import Kind, Section, Setting

TEXT, WHOLE, NUMBER, FLAG, LIST = Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.FLAG, Kind.LIST

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

SIP = Section(
    "SIP",
    (
        Setting(
            "RLS_SIP_LISTEN",
            LIST,
            "udp:127.0.0.1:5060,tcp:127.0.0.1:5060",
            "transport:address:port",
            "Where SIP is listened for; IPv6 as udp:[::1]:5060. "
            "Transports: udp, tcp, tls, ws and wss (WebSocket).",
        ),
        Setting(
            "RLS_PRESENCE_CHECK",
            NUMBER,
            "10",
            "s",
            "Several presence servers are asked this often (OPTIONS); who has not answered by the next time "
            "is down, and its subscriptions go to the next. 0: never.",
        ),
        Setting(
            "RLS_DNS_SERVERS",
            LIST,
            "",
            "address or address:port",
            "DNS servers for the names in SIP URIs (NAPTR, SRV, A, AAAA); empty: those of the system.",
        ),
        Setting(
            "RLS_LARGE_NOTIFY",
            TEXT,
            "same-flow",
            "same-flow, tcp or tcp-then-udp",
            "How a NOTIFY of more than 1300 bytes goes to a phone on UDP: by UDP, by TCP (RFC 3261), or by "
            "UDP where TCP fails. Phones behind a NAT are reached by UDP only.",
        ),
        Setting(
            "RLS_COMPACT_HEADERS", FLAG, "0", "", "NOTIFYs have the short header names: v, f, t, i, m, o."
        ),
        Setting(
            "RLS_DEFLATE_FROM",
            WHOLE,
            "1200",
            "bytes",
            "NOTIFY bodies from this size on are deflated for phones that accept deflate; 0: never.",
        ),
        Setting(
            "RLS_BODIES_PER_NOTIFY",
            WHOLE,
            "0",
            "contacts",
            "So many states in one NOTIFY at most, the others in partial NOTIFYs that follow; 0: any number.",
        ),
        Setting(
            "RLS_TLS_CERTIFICATES",
            LIST,
            "",
            "PEM files",
            "For tls and wss: a certificate and its chain in each file. Clients see the one with the name "
            "they ask for (SNI), else the first. Read again on SIGHUP; connections go on.",
        ),
        Setting(
            "RLS_TLS_KEYS",
            LIST,
            "",
            "PEM files",
            "The private keys, in the order of the certificates; empty: they are in the same files.",
        ),
        Setting(
            "RLS_TLS_CA",
            TEXT,
            "",
            "PEM file",
            "Who may certify servers that we connect to, and clients; empty: whom the system trusts.",
        ),
        Setting(
            "RLS_TLS_CLIENTS",
            TEXT,
            "none",
            "none, optional or required",
            "Whether clients are asked for a certificate, and cut off without one.",
        ),
        Setting(
            "RLS_WEBSOCKET_PING",
            NUMBER,
            "30",
            "s",
            "Open WebSockets are pinged this often; one that answers nothing is closed. 0: never.",
        ),
        Setting(
            "RLS_GRUU",
            FLAG,
            "0",
            "",
            "Our Contact URIs have a `gr` parameter, for phones and proxies that insist on a GRUU.",
        ),
        Setting(
            "RLS_SIP_AUTH",
            TEXT,
            "none",
            "none or digest",
            "digest: a SUBSCRIBE that no trusted proxy sent has to carry a subscriber's credentials.",
        ),
        Setting(
            "RLS_TRUSTED_PROXIES",
            LIST,
            "",
            "addresses or networks",
            "Whose P-Asserted-Identity, else From, is believed.",
            live=True,
        ),
        Setting("RLS_REALM", TEXT, "", "", "Digest realm; empty: the domain of the subscriber."),
        Setting("RLS_DOMAINS", LIST, "", "SIP domains", "Domains whose lists are served here; empty: any."),
        Setting(
            "RLS_LIST_ACCESS",
            TEXT,
            "owner",
            "owner, domain or anyone",
            "Who may subscribe to a list whose service does not say it: its owner, "
            "users of the owner's domain, anyone.",
        ),
        Setting(
            "RLS_LIST_DENIAL",
            TEXT,
            "refuse",
            "refuse or polite",
            "What others get: 403, or a subscription to an empty list, so that they do not know.",
        ),
        Setting(
            "RLS_NESTED_LISTS",
            TEXT,
            "nest",
            "nest, flatten or ask",
            "Members that are lists here: a list in the list, their members instead, or what the presence "
            "server says of them.",
        ),
        Setting(
            "RLS_UNRESOLVED",
            TEXT,
            "refuse",
            "refuse or omit",
            "References in a list that lead nowhere: the list is refused (502), or served without them.",
        ),
        Setting(
            "RLS_REQUEST_LISTS",
            FLAG,
            "1",
            "",
            "A SUBSCRIBE may bring its list along (RFC 5367), as Linphone's do.",
        ),
        Setting(
            "RLS_BACKEND_IDENTITY",
            TEXT,
            "from",
            "from, asserted or own",
            "In whose name back ends are asked: From is the watcher, the same with P-Asserted-Identity where "
            "it is trusted, or RLS_IDENTITY (always for watchers from outside of RLS_DOMAINS).",
        ),
        Setting(
            "RLS_IDENTITY",
            TEXT,
            "",
            "SIP URI",
            "Who we are ourselves; empty: RLS_CONTACT_USER at the first of RLS_DOMAINS, else at our address.",
        ),
        Setting(
            "RLS_BACKEND_CREDENTIALS",
            LIST,
            "",
            "realm=user:password",
            "Answers to Digest challenges of back ends, by realm.",
        ),
        Setting(
            "RLS_MIN_EXPIRES",
            WHOLE,
            "60",
            "s",
            "Shorter subscriptions get 423 (never if they ask for 1 h or more).",
            live=True,
        ),
        Setting(
            "RLS_MAX_SUBSCRIPTIONS",
            WHOLE,
            "0",
            "subscriptions",
            "To lists, for each SIP worker; more are answered 503 with Retry-After. 0: any number.",
            live=True,
        ),
        Setting(
            "RLS_MAX_USER_SUBSCRIPTIONS",
            WHOLE,
            "1000",
            "subscriptions",
            "To lists, for each user; more are answered 403. 0: any number.",
            live=True,
        ),
        Setting(
            "RLS_SOURCE_RATE",
            WHOLE,
            "1000",
            "requests a second",
            "Outside of dialogs, from one address; who sends more for 10 s is ignored for the rest of them. "
            "Trusted proxies and the presence server may send as they like. 0: any number.",
            live=True,
        ),
        Setting(
            "RLS_T1",
            NUMBER,
            "0.5",
            "s",
            "Round trip that is expected (T1 of RFC 3261): by UDP, requests are repeated after it, "
            "and those without an answer fail after 64 times as long. "
            "More for satellite links, less where phones and presence servers are near.",
        ),
        Setting(
            "RLS_LOST_NOTIFIES",
            WHOLE,
            "1",
            "NOTIFYs",
            "A subscription ends when its phone leaves so many NOTIFYs in a row without an answer.",
        ),
        Setting(
            "RLS_FULL_STATE",
            FLAG,
            "0",
            "",
            "Every NOTIFY names all resources, for phones that do not understand partial state.",
        ),
        Setting(
            "RLS_GRACE_TIME",
            NUMBER,
            "10",
            "s",
            "How long the last state of a contact stands when its presence server fails; "
            "it is asked again meanwhile.",
        ),
        Setting(
            "RLS_LIST_LIMIT",
            WHOLE,
            "1000",
            "entries",
            "Longest list that is served, after nested lists are merged.",
            live=True,
        ),
    ),
)

WEB = Section(
    "Web",
    (
        Setting(
            "RLS_HTTP_LISTEN", TEXT, "127.0.0.1:8000", "address:port", "Where admin and XCAP are served."
        ),
        Setting(
            "RLS_XCAP_AUTH",
            LIST,
            "digest",
            "digest, basic, bearer, proxy or none",
            "How XCAP clients may prove who they are; basic and bearer over HTTPS only, "
            "none (alone) only while RLS_HTTP_LISTEN is a loopback address.",
        ),
        Setting(
            "RLS_XCAP_DIGEST",
            LIST,
            "SHA-256,MD5",
            "SHA-256 or MD5",
            "Digest algorithms in the order in which they are offered; old clients look at the first only.",
        ),
        Setting(
            "RLS_XCAP_PROXIES",
            LIST,
            "",
            "addresses or networks",
            "Proxies whose RLS_XCAP_PROXY_HEADER is believed, with proxy in RLS_XCAP_AUTH.",
            live=True,
        ),
        Setting(
            "RLS_XCAP_PROXY_HEADER",
            TEXT,
            "X-3GPP-Asserted-Identity",
            "header",
            "Where such a proxy says who the user is; it has to take away what clients write there.",
        ),
        Setting(
            "RLS_XCAP_SUPER_USERS",
            LIST,
            "",
            "user@domain",
            "Subscribers who read and write the documents of all users and global ones, and read "
            "rls-services/global/index.",
        ),
        Setting(
            "RLS_XCAP_QUOTED_ATTRIBUTES",
            FLAG,
            "0",
            "",
            "A GET of an attribute gives its value with quotes, as RFC 4825 writes it; "
            "without them, as most clients expect it. A PUT may have either.",
        ),
        Setting(
            "RLS_XCAP_URL",
            TEXT,
            "",
            "URL",
            "The XCAP root as clients reach it, such as https://xcap.example.com/xcap-root/, which xcap-diff "
            "names; empty: made of RLS_HTTP_LISTEN.",
        ),
        Setting(
            "RLS_OPENSIPS_MI",
            TEXT,
            "",
            "URL",
            "Management interface of an OpenSIPS that is the presence server (its module mi_http), such as "
            "http://192.0.2.1:8888/mi: within a second it is told (refresh_watchers) whose pres-rules or "
            "pidf-manipulation have changed; empty: nobody is.",
        ),
        Setting(
            "RLS_XCAP_MAX_DOCUMENT", WHOLE, "1000000", "bytes", "Largest document that XCAP takes.", live=True
        ),
        Setting(
            "RLS_API_RATE",
            WHOLE,
            "600",
            "requests a minute",
            "How often each user (and each address that is nobody yet) may ask the REST API, "
            "all web processes together; 0: any number.",
            live=True,
        ),
        Setting(
            "RLS_XCAP_USAGES",
            TEXT,
            "",
            "TOML file",
            "Kinds of documents that you add, and how strictly ours are checked: "
            "docs/how-to/application-usages.md.",
        ),
        Setting(
            "RLS_XCAP_VERSIONS",
            WHOLE,
            "20",
            "versions",
            "Kept of each document for its history; 0: none.",
            live=True,
        ),
        Setting(
            "ALLOWED_HOSTS", LIST, "127.0.0.1,localhost,[::1]", "host names", "Names the web answers to."
        ),
        Setting(
            "CSRF_TRUSTED_ORIGINS", LIST, "", "https://host", "Origins of the admin's forms behind a proxy."
        ),
        Setting(
            "BEHIND_HTTPS",
            FLAG,
            "0",
            "",
            "A proxy in front ends TLS and sets X-Forwarded-Proto: plain HTTP is redirected, "
            "cookies are marked secure, browsers are told to insist (HSTS).",
        ),
        Setting("SECRET_KEY", TEXT, "", "", "Signs sessions and nonces; empty: made once, kept in RLS_VAR."),
        Setting("DEBUG", FLAG, "0", "", "Django's error pages, with all they give away."),
    ),
)

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
            "10",
            "",
            "Watchers are told in this many groups, spread over RLS_WAITN_TIME.",
        ),
        Setting(
            "RLS_COMMIT_WAITING",
            WHOLE,
            "24",
            "NOTIFYs",
            "So many waiting back-end NOTIFYs start a commit at once.",
        ),
        Setting(
            "RLS_COMMIT_GAP_MS", NUMBER, "40", "ms", "Else a commit starts this long after the last one did."
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

SECTIONS = (OPENSIPS, SIP, WEB, FOREIGN, SERVERS, WATCHING, TUNING)
SETTINGS = tuple(setting for section in SECTIONS for setting in section.settings)
