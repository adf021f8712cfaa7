"""Lets Django open MySQL and MariaDB, where most installations of OpenSIPS and Kamailio keep their tables."""

from importlib.util import find_spec

import pymysql


def install() -> None:
    """Give Django a driver under the name that it asks for, unless there is one already (mysqlclient)."""
    if find_spec("MySQLdb") is None:
        pymysql.install_as_MySQLdb()
