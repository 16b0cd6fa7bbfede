"""The tree of errors: drawn as it is, one code for each, a status that a client understands."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from songloom import errors
from songloom.errors import Busy, RefusedInput, SongloomError, TooMany, TryLater

SOURCE = Path(errors.__file__).parent
BRANCH = re.compile(r"^(?P<indent>[│ ]*)[├└]── (?P<name>\w+)(?:  +(?P<words>.+))?$")

# What scripts and clients may rely on: a code may be added here, never changed or taken away.
CODES = {
    "SongloomError": ("error", 500),
    "RefusedInput": ("refused", 422),
    "NotAudio": ("not_audio", 415),
    "Truncated": ("truncated", 415),
    "WebPage": ("web_page", 415),
    "EmptyFile": ("empty_file", 415),
    "TooLong": ("too_long", 422),
    "TooLarge": ("too_large", 413),
    "BeyondLimits": ("beyond_limits", 422),
    "BadUrl": ("bad_url", 422),
    "ForbiddenAddress": ("forbidden_address", 422),
    "DeadLink": ("dead_link", 422),
    "NoSuchFile": ("no_such_file", 422),
    "BadRecipe": ("bad_recipe", 422),
    "BadPrompt": ("bad_prompt", 422),
    "BadValue": ("bad_value", 422),
    "TooFewExamples": ("too_few_examples", 422),
    "NoAudio": ("no_audio", 422),
    "BadTable": ("bad_table", 422),
    "BadRow": ("bad_row", 422),
    "BadText": ("bad_text", 422),
    "BadDate": ("bad_date", 422),
    "BadNumber": ("bad_number", 422),
    "BadStoreAddress": ("bad_store_address", 422),
    "MissingExtra": ("missing_extra", 422),
    "NotFound": ("not_found", 404),
    "NotAllowed": ("not_allowed", 403),
    "Unauthenticated": ("unauthenticated", 401),
    "Conflict": ("conflict", 409),
    "TooManyMissing": ("too_many_missing", 409),
    "Cancelled": ("cancelled", 409),
    "Locked": ("locked", 409),
    "TryLater": ("try_later", 503),
    "DiskFull": ("disk_full", 507),
    "Busy": ("busy", 429),
    "TooMany": ("too_many_requests", 429),
    "StorageAway": ("storage_away", 503),
    "StorageDenied": ("storage_denied", 503),
    "RangeBeyondEnd": ("range_beyond_end", 416),
    "DatabaseAway": ("database_away", 503),
    "StoreAway": ("store_away", 503),
}
STATUSES_OF_THE_CONTRACT = {400, 401, 403, 404, 409, 413, 415, 422, 429, 503, 507}
STATUSES_OF_HTTP = {416}  # of ranges; a server that streams from afar says it itself


def classes() -> dict[str, type[SongloomError]]:
    """Every error of the module, by its name."""
    return {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, SongloomError)
    }


def drawn() -> Iterator[tuple[str, str, str]]:
    """(name, name of its parent, words) of each line of the drawing."""
    lines = inspect.getdoc(errors)
    assert lines is not None
    above = ["SongloomError"]
    for line in lines.splitlines():
        if found := BRANCH.match(line):
            depth = len(found["indent"]) // 4 + 1
            above[depth:] = [found["name"]]
            yield found["name"], above[depth - 1], found["words"] or ""


def made(kind: type[SongloomError], message: str = "") -> SongloomError:
    return kind(5, 20.0, 7) if kind is TooMany else kind(message)


def test_the_drawing_is_the_tree_that_there_is() -> None:
    shown = {name: parent for name, parent, _ in drawn()}
    there = {name: kind.__bases__[0].__name__ for name, kind in classes().items() if kind.__bases__}
    assert there.pop("SongloomError") == "Exception"
    assert shown == there


def test_the_drawing_follows_the_order_of_the_code() -> None:
    body = ast.parse(Path(errors.__file__).read_text()).body
    written = [node.name for node in body if isinstance(node, ast.ClassDef)]
    assert ["SongloomError", *(name for name, _, _ in drawn())] == written


def test_each_leaf_of_the_drawing_says_when_it_is_met() -> None:
    assert [name for name, _, words in drawn() if not words] == []


def test_codes_and_statuses_are_the_stable_list() -> None:
    assert {name: (kind.code, kind.http_status) for name, kind in classes().items()} == CODES


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in classes().values()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", classes().values(), ids=lambda kind: kind.__name__)
def test_a_code_is_snake_case_of_its_own(kind: type[SongloomError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    assert "code" in vars(kind)  # none is inherited by oversight


@pytest.mark.parametrize("kind", classes().values(), ids=lambda kind: kind.__name__)
def test_a_status_is_one_that_http_has_and_the_contract_names(kind: type[SongloomError]) -> None:
    assert HTTPStatus(kind.http_status).phrase
    known = STATUSES_OF_THE_CONTRACT | STATUSES_OF_HTTP
    assert kind is SongloomError or kind.http_status in known


@pytest.mark.parametrize("kind", classes().values(), ids=lambda kind: kind.__name__)
def test_who_asked_wrongly_gets_a_4xx_and_who_may_retry_does_not(
    kind: type[SongloomError],
) -> None:
    if issubclass(kind, RefusedInput):
        assert 400 <= kind.http_status < 500
    if issubclass(kind, TryLater):
        assert kind.http_status in (429, 503, 507)


@pytest.mark.parametrize("kind", classes().values(), ids=lambda kind: kind.__name__)
def test_an_error_says_its_message_or_else_its_code(kind: type[SongloomError]) -> None:
    if kind is not TooMany:
        assert str(made(kind, "met 3; at most 2")) == "met 3; at most 2"
        assert str(made(kind)) == kind.code
    assert made(kind).fields == {}


def test_fields_travel_beside_the_message() -> None:
    error = errors.BadValue("lasts 9 s; at most 5 s", field="seconds")
    assert (str(error), error.fields) == ("lasts 9 s; at most 5 s", {"field": "seconds"})


def test_too_many_tries_say_how_many_and_how_long_to_wait() -> None:
    error = TooMany(5, 20.0, 7)
    assert str(error) == "More than 5 tries within 20 s; wait 7 s."
    assert error.retry_after_s == 7
    assert isinstance(error, Busy)


def test_every_error_of_the_tree_is_raised_somewhere() -> None:
    """A class that nobody raises, and none is made of, is a promise that nobody keeps."""
    used = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())) if path.name != "errors.py" else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                used.add(node.func.id)
            elif isinstance(node, ast.ClassDef):
                used |= {ast.unparse(base) for base in node.bases}
    families = {parent for _, parent, _ in drawn()}
    assert set(classes()) - families - used == set()


def test_every_code_stands_in_the_manual() -> None:
    written = "\n".join(path.read_text() for path in (SOURCE.parents[1] / "docs").rglob("*.md"))
    assert [code for code, _ in CODES.values() if f"`{code}`" not in written] == []
