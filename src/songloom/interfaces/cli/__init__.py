"""The command line: `songloom <verb>`. Every verb works without a running server."""

from songloom.interfaces.cli.running import run

__all__ = ["run"]
