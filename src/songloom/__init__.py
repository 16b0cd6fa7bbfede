"""Songloom 织音: a self-hosted music library that listens, edits, finds and composes.

import songloom
library = songloom.open("my-music")     a library as pandas tables; see docs/user/en/pandas.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from songloom.interfaces.notebook import Library

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(home: str | PathLike[str] | None = None, *, user: str | None = None) -> Library:
    """The library in the folder `home`, which is prepared if it is new.

    home  a folder; None: that of SONGLOOM_HOME, or the usual one
    user  as whom to look and to add; None: as the command line does
    Raises Conflict when this process has another home open, NotFound for an unknown user.
    """
    # By name, not by an import statement: rooms read the version here, and must not know config.
    from importlib import import_module

    library: Library = import_module("songloom.config.opening").open_library(home, user=user)
    return library
