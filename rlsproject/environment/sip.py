"""Settings of SIP: sockets, who may ask, what is served, limits."""

from __future__ import annotations

from rlsproject.variables import FLAG, LIST, NUMBER, TEXT, WHOLE, Section, Setting

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
            "RLS_ENTRY_REFS",
            TEXT,
            "domain",
            "own, domain or anyone",
            "Whose entries an entry-ref in a list may name, and whose lists below RLS_XCAP_ROOT an external, "
            "besides those of its owner and global ones: nobody else's, those of users of the owner's "
            "domain, anyone's.",
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
            "RLS_SOURCE_CONNECTIONS",
            WHOLE,
            "1000",
            "connections",
            "Open at a time from one address, to each SIP worker; more are refused. All phones behind a NAT "
            "have one address. Trusted proxies and the presence server may have any number. 0: any number.",
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
