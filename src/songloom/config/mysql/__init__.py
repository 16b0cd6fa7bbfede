"""Django's MySQL back end for MariaDB and MySQL, told apart only where the library would differ.

Django asks for a driver called MySQLdb; PyMySQL answers to that name and needs no compiler.
"""

from __future__ import annotations

import pymysql

pymysql.install_as_MySQLdb()
