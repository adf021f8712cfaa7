"""Settings of the web: admin, XCAP, REST."""

from __future__ import annotations

from rlsproject.variables import FLAG, LIST, TEXT, WHOLE, Section, Setting

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
