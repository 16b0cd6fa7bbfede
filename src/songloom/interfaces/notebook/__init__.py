"""The library from a notebook: pandas tables in, pandas tables out. See `songloom.open`."""

from songloom.interfaces.notebook.library import Library
from songloom.interfaces.notebook.pieces import Piece

__all__ = ["Library", "Piece"]
