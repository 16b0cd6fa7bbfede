"""A sound as edits see it: started any number of times, and from any sample where that is cheap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from songloom.core.audio import Blocks, shaping
from songloom.core.audio.levelling import Levels

Count = Callable[[], int]
Jump = Callable[[int], Blocks]


@dataclass(frozen=True)
class Sound:
    """A sound that can be started any number of times. `make` yields its blocks anew.

    jump     yields the blocks from a sample on without making what lies before; None where a sound
             can only be read from its start. Whoever gives a jump gives a count
    count    how many samples there are, where that is known without reading them
    bits     all samples are whole steps of so many bits; None where that is not certain
    levels   how loud it is, where that is known
    others   the other tracks that a recipe may name, by their ids
    scratch  a folder for what does not fit into memory; None is the system's own
    name     says which sound it is, so that what was estimated of it is remembered; "" is nobody's
    """

    make: Callable[[], Blocks]
    sample_rate: int
    channels: int
    jump: Jump | None = None
    count: Count | None = None
    bits: int | None = None
    levels: Levels | None = None
    others: Mapping[str, Sound] = field(default_factory=dict)
    scratch: str | None = None
    name: str = ""

    @property
    def n_samples(self) -> int:
        """How many there are; where nobody knows, they are counted."""
        if self.count is not None:
            return self.count()
        return sum(block.shape[1] for block in self.make())

    def at(self, first: int) -> Blocks:
        """The blocks from a sample on."""
        if first <= 0:
            return self.make()
        if self.jump is not None:
            return self.jump(first)
        return shaping.trim(self.make(), first, None)

    def samples(self, time_s: float) -> int:
        """The sample nearest to a time."""
        return round(time_s * self.sample_rate)

    def shaped(self, change: Callable[[Blocks], Blocks], *, is_exact: bool = False) -> Sound:
        """The same sound with a change that is the same everywhere in it.

        is_exact  whether whole steps stay whole steps
        """
        jump = self.jump
        return replace(
            self,
            make=lambda: change(self.make()),
            jump=None if jump is None else lambda first: change(jump(first)),
            bits=self.bits if is_exact else None,
            levels=None,
        )

    def placed(
        self,
        make: Callable[[], Blocks],
        jump: Jump,
        count: Callable[[int], int],
        *,
        is_exact: bool = False,
    ) -> Sound:
        """The sound after a change that depends on where one is.

        jump   is kept only where this sound can be jumped in
        count  how many samples so many become
        """
        before = self.count
        return replace(
            self,
            make=make,
            jump=None if self.jump is None else jump,
            count=None if before is None else lambda: count(before()),
            bits=self.bits if is_exact else None,
            levels=None,
        )
