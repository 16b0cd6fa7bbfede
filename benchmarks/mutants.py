"""Plants small faults in core and services, one at a time, and counts how many the tests notice.

    python benchmarks/mutants.py [--n 100] [--seed 1] [--jobs 2] [--only core/audio]

Works on copies: the tree itself is never touched. A fault counts as noticed when the tests of its
room fail (or hang); if they pass, the tests of everything above it are asked as well.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("src") / "songloom"
COPIED = ("src", "tests", "pyproject.toml", "README.md", "requirements", "docs", "ARCHITECTURE.md")
LEFT_OUT = ("migrations", "neural/train.py", "neural/corpus.py", "neural/evaluate.py")
NEEDED = 80  # of 100
TIMEOUT_S = 600
QUIET = ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
FAST = ["-m", "not slow and not browser"]

OTHER_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OTHER_OPERATOR: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
OTHER_NAME = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Fault:
    """One place in one file, and what stands there instead."""

    path: Path  # below the root
    line: int
    start: int  # in bytes
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        return (
            f"{self.path.relative_to(SOURCE)}:{self.line}  {self.before[:50]}  →  {self.after[:50]}"
        )

    def planted(self, source: bytes) -> bytes:
        return source[: self.start] + self.after.encode() + source[self.end :]


def places() -> list[Path]:
    """Core and every room's services."""
    found = [*(ROOT / SOURCE / "core").rglob("*.py")]
    found += [*(ROOT / SOURCE).glob("*/services.py"), *(ROOT / SOURCE).glob("*/services/*.py")]
    below = (path.relative_to(ROOT) for path in found)
    return sorted(path for path in below if not any(word in path.as_posix() for word in LEFT_OUT))


def faults_of(path: Path) -> Iterator[Fault]:
    """Every fault that could be planted in one file."""
    source = (ROOT / path).read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in worth_changing(ast.parse(source)):
        changed = other(node)
        if changed is None or not isinstance(node, ast.expr) or node.end_lineno is None:
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + (node.end_col_offset or 0)
        after = ast.unparse(changed)
        if isinstance(changed, ast.BinOp | ast.Compare | ast.BoolOp | ast.UnaryOp):
            after = f"({after})"
        yield Fault(path, node.lineno, start, end, source[start:end].decode(), after)


def worth_changing(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk, but not into annotations, docstrings, messages of errors and lines of logs."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and not is_words(node):
                yield node
                yield from worth_changing(node)


def is_words(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    called = node.value if isinstance(node, ast.Expr) else None
    return isinstance(called, ast.Constant) or (
        isinstance(called, ast.Call) and ast.unparse(called.func).startswith("logger.")
    )


def other(node: ast.AST) -> ast.expr | None:
    """What to put in its place: the least that is wrong. None where there is nothing to change."""
    if (
        isinstance(node, ast.Compare)
        and len(node.ops) == 1
        and type(node.ops[0]) in OTHER_COMPARISON
    ):
        return ast.Compare(node.left, [OTHER_COMPARISON[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER_OPERATOR and not is_text(node):
        return ast.BinOp(node.left, OTHER_OPERATOR[type(node.op)](), node.right)
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        return node.operand
    if isinstance(node, ast.Name) and node.id in OTHER_NAME and isinstance(node.ctx, ast.Load):
        return ast.Name(OTHER_NAME[node.id])
    return other_constant(node)


def other_constant(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Constant):
        return None
    if isinstance(node.value, bool):
        return ast.Constant(not node.value)
    if isinstance(node.value, int):
        return ast.Constant(node.value + 1)
    if isinstance(node.value, float):
        return ast.Constant(node.value * 1.5 if node.value else 1.0)
    return None


def is_text(node: ast.BinOp) -> bool:
    """`"a" + b` or `"%s" % b`: turning the sign round only crashes."""
    sides = (node.left, node.right)
    return any(isinstance(s, ast.JoinedStr | ast.List | ast.Tuple) or is_string(s) for s in sides)


def is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def chosen(n: int, seed: int, only: str) -> list[Fault]:
    """A seeded choice; no file gets more than its share, so that long tables do not win."""
    rng = random.Random(seed)
    by_file = {path: list(faults_of(path)) for path in places() if only in path.as_posix()}
    by_file = {path: faults for path, faults in by_file.items() if faults}
    picked: list[Fault] = []
    while len(picked) < n and by_file:
        weights = [len(faults) ** 0.5 for faults in by_file.values()]
        (path,) = rng.choices(list(by_file), weights)
        picked.append(by_file[path].pop(rng.randrange(len(by_file[path]))))
        if not by_file[path]:
            del by_file[path]
    return picked


class Bench:
    """A copy of the tree in which one fault after the other is tried."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source, target = ROOT / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy2(source, target)

    def is_noticed(self, fault: Fault) -> bool:
        target = self.folder / fault.path
        sound = target.read_bytes()
        target.write_bytes(fault.planted(sound))
        try:
            return any(not self.passes(*tests) for tests in self.stages(fault.path))
        finally:
            target.write_bytes(sound)

    def stages(self, path: Path) -> Iterator[list[str]]:
        """The tests of this file, then of its room, then of all that stands on it."""
        parts = path.relative_to(SOURCE).parts
        room = Path("tests", *(parts[:2] if parts[0] == "core" else parts[:1]))
        if not (self.folder / room).is_dir():
            room = room.parent
        own = room / f"test_{path.stem}.py"
        if (self.folder / own).is_file():
            yield [str(own)]
        yield [str(room)]
        above = [
            p for p in sorted((self.folder / "tests").iterdir()) if p.is_dir() and p.name != "e2e"
        ]
        yield [
            str(p.relative_to(self.folder))
            for p in above
            if "__" not in p.name and p.name != room.name
        ]

    def passes(self, *tests: str) -> bool:
        path = f"{self.folder / 'src'}{os.pathsep}{self.folder}"
        given = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", *QUIET, *FAST, *tests]
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=given,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode in (0, 5)  # 5: no test of this kind there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="faults in paths that hold this")
    given = parser.parse_args()
    faults = chosen(given.n, given.seed, given.only)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="songloom-mutants-") as scratch:
        benches: Queue[Bench] = Queue()
        for number in range(given.jobs):
            benches.put(Bench(Path(scratch) / str(number)))

        def tried(fault: Fault) -> bool:
            bench = benches.get()
            try:
                noticed = bench.is_noticed(fault)
            finally:
                benches.put(bench)
            print(f"{'noticed ' if noticed else 'SURVIVED'}  {fault}", flush=True)
            return noticed

        with ThreadPoolExecutor(given.jobs) as pool:
            n_noticed = sum(pool.map(tried, faults))
    print(f"{n_noticed} of {len(faults)} faults noticed in {time.monotonic() - started:.0f} s")
    sys.exit(n_noticed * 100 < NEEDED * len(faults))


if __name__ == "__main__":
    main()
