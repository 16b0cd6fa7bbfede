"""The baseline: an n-gram over (pitch, duration) pairs with Witten–Bell smoothing.

Source: Witten and Bell, "The zero-frequency problem", IEEE Trans. Inf. Theory 37 (1991).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from songloom.core.score.neural.encoding import N_DURATIONS, N_PITCHES, Line

Symbol = tuple[int, int]
N_SYMBOLS = N_PITCHES * N_DURATIONS


class NGram:
    """Counts of what followed up to `order` − 1 symbols; shorter contexts smooth longer ones."""

    def __init__(self, lines: Iterable[Line], order: int = 4) -> None:
        self.order = order
        self.followers: dict[tuple[Symbol, ...], Counter[Symbol]] = {}
        for line in lines:
            symbols = symbols_of(line)
            for place, symbol in enumerate(symbols):
                for length in range(min(order - 1, place) + 1):
                    context = tuple(symbols[place - length : place])
                    self.followers.setdefault(context, Counter())[symbol] += 1

    def p(self, symbol: Symbol, context: Sequence[Symbol]) -> float:
        """Probability of a symbol after a context; all symbols together give 1."""
        if len(context) > self.order - 1:
            context = context[len(context) - self.order + 1 :]
        shorter = self.p(symbol, context[1:]) if context else 1 / N_SYMBOLS
        seen = self.followers.get(tuple(context))
        if not seen:
            return shorter
        n, kinds = seen.total(), len(seen)
        return (seen[symbol] + kinds * shorter) / (n + kinds)

    def bits(self, line: Line) -> float:
        """−log2 p of a whole melody, its end included."""
        symbols = symbols_of(line)
        return -sum(
            math.log2(self.p(symbol, symbols[max(0, place - self.order + 1) : place]))
            for place, symbol in enumerate(symbols)
        )


def symbols_of(line: Line) -> list[Symbol]:
    """Each step as (pitch symbol, duration index)."""
    return [(step.symbol, step.duration_index) for step in line.steps]
