"""deploy/ for OpenSIPS and Asterisk, as far as it can be checked without them: Debian 12 has neither."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.live.rig.database import PROJECT

MODULES = ("sl", "pv", "tm", "rr", "textops", "siputils")


def test_opensips_snippet_is_a_script_in_the_language_that_kamailio_shares(tmp_path: Path) -> None:
    """Its words for headers, routes and relaying are the same in both."""
    loaded = "".join(f'loadmodule "{module}.so"\n' for module in MODULES)
    snippet = (PROJECT / "deploy" / "opensips" / "rls.cfg").read_text()
    file = tmp_path / "kamailio.cfg"
    file.write_text(f"{loaded}request_route {{\n\troute(rls);\n}}\n{snippet}")
    done = subprocess.run(
        ["kamailio", "-c", "-f", str(file)],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("opensips") is None, reason="no OpenSIPS here")
def test_opensips_takes_its_snippet(tmp_path: Path) -> None:
    loaded = "".join(f'loadmodule "{module}.so"\n' for module in ("sl", "tm", "rr", "textops", "sipmsgops"))
    file = tmp_path / "opensips.cfg"
    snippet = (PROJECT / "deploy" / "opensips" / "rls.cfg").read_text()
    file.write_text(f"socket=udp:127.0.0.1:0\n{loaded}route {{\n\troute(rls);\n}}\n{snippet}")
    subprocess.run(["opensips", "-C", "-f", str(file)], check=True)


def test_asterisk_snippet_has_sections_of_known_types() -> None:
    sections = (PROJECT / "deploy" / "asterisk" / "pjsip.conf").read_text().split("\n[rls]\n")[1:]
    known = {
        "endpoint": {"context", "allow_subscribe", "disallow", "allow", "identify_by", "sub_min_expiry"},
        "identify": {"endpoint", "match"},
    }
    for section in sections:
        parsed = configparser.ConfigParser(comment_prefixes=(";",))
        parsed.read_string("[rls]\n" + section)
        options = dict(parsed["rls"])
        kind = options.pop("type")
        assert set(options) <= known.pop(kind)
    assert not known
