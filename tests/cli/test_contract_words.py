"""What the command line says of itself, in English and in Chinese: no verb and no option unsaid."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

import pytest

from songloom.__main__ import main
from songloom.core.audio.edits import EDITS
from songloom.interfaces.cli import language, running
from songloom.interfaces.cli.catalogue import verbs
from songloom.interfaces.cli.language import words_of_argparse
from tests.cli.conftest import Songloom

HAN = re.compile(r"[\u4e00-\u9fff]")
NAMES = [verb.name for verb in verbs(lambda: 0)]
NESTED = [
    *(("tag", "set"), ("user", "add"), ("key", "add")),
    *(("folder", act) for act in ("add", "list", "remove")),
    *(("playlist", act) for act in ("list", "show", "create", "add", "remove", "delete")),
]
EVERY = [(name,) for name in NAMES] + NESTED
UNSAID = {"format", "bitrate"}  # their values say it: mp3|opus|…, KBPS


@pytest.fixture
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """The language of the parameter, and English again afterwards."""
    language.speak(request.param)
    yield request.param
    language.speak("en")


in_both = pytest.mark.parametrize("spoken", ["en", "zh-hans"], indirect=True)


def parser_of(*names: str) -> argparse.ArgumentParser:
    """The parser of a verb, or of a verb below one, in the language spoken now."""
    parser, _ = running.build(lambda: 0, names)
    for name in names:
        below = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
        parser = below.choices[name]
    return parser


def sentences(parser: argparse.ArgumentParser) -> dict[str, str]:
    """What a parser says: of itself, and of each argument that has words."""
    said = {"": parser.description or ""}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said |= {f"{choice.dest}": choice.help or "" for choice in action._choices_actions}
        elif action.option_strings or action.help:
            said[action.dest] = action.help or ""
    return said


# ------------------------------------------------------------------ nothing unsaid


@in_both
@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_every_verb_and_every_option_says_what_it_does(spoken: str, names: tuple[str, ...]) -> None:
    said = sentences(parser_of(*names))
    assert {name for name, words in said.items() if not words} <= UNSAID


@pytest.mark.parametrize("spoken", ["zh-hans"], indirect=True)
@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_in_chinese_no_line_is_left_in_english(spoken: str, names: tuple[str, ...]) -> None:
    said = sentences(parser_of(*names))
    assert [words for words in said.values() if words and not HAN.search(words)] == []


@pytest.mark.parametrize("spoken", ["en"], indirect=True)
@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_in_english_no_line_is_chinese(spoken: str, names: tuple[str, ...]) -> None:
    said = sentences(parser_of(*names))
    assert [words for words in said.values() if HAN.search(words)] == []


@pytest.mark.parametrize("spoken", ["zh-hans"], indirect=True)
def test_each_title_of_a_group_is_chinese_too(spoken: str) -> None:
    for names in EVERY:
        for group in parser_of(*names)._action_groups:
            if group._group_actions and group.title:
                assert HAN.search(group.title), (names, group.title)


@pytest.mark.parametrize("spoken", ["zh-hans"], indirect=True)
def test_argparse_itself_speaks_chinese(spoken: str) -> None:
    assert [words for words in words_of_argparse() if not HAN.search(words)] == []


@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_help_is_printed_in_both_languages_on_stdout_and_is_status_0(
    songloom: Songloom, names: tuple[str, ...]
) -> None:
    english = songloom(*names, "--help")
    chinese = songloom(*names, "--help", language="zh-hans")
    for said in (english, chinese):
        assert (said.status, said.err) == (0, "")
        assert f"songloom {' '.join(names)}" in said.out
    assert english.out.startswith("usage: ")
    assert HAN.search(chinese.out.splitlines()[0])
    options = re.compile(r"--[a-z-]+")
    assert set(options.findall(english.out)) == set(options.findall(chinese.out))


@pytest.mark.parametrize("names", EVERY, ids=" ".join)
def test_every_verb_can_answer_in_json(names: tuple[str, ...]) -> None:
    options = {text for action in parser_of(*names)._actions for text in action.option_strings}
    assert "--json" in options
    assert "--help" in options


def test_the_list_of_verbs_has_a_sentence_for_each(songloom: Songloom) -> None:
    out = songloom("--help").out
    for name in NAMES:
        assert re.search(rf"^ +{name}(\n +| +)[A-Z].*", out, re.M), name


def test_every_edit_of_the_core_is_an_option_with_its_own_words(songloom: Songloom) -> None:
    english = " ".join(songloom("edit", "--help").out.split())
    chinese = " ".join(songloom("edit", "--help", language="zh-hans").out.split())
    for name, kind in EDITS.items():
        assert f"--{name.replace('_', '-')}" in english
        assert kind.words.en in english
        assert kind.words.zh in chinese


# ------------------------------------------------------------------ wrong usage, in words


@pytest.mark.parametrize(
    "argv",
    [
        ("show",),
        ("nosuchverb",),
        ("show", "a", "b"),
        ("search", "--limit", "x"),
        ("search", "--limit"),
        ("add",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_in_chinese_too(songloom: Songloom, argv: tuple[str, ...]) -> None:
    said = songloom(*argv, language="zh-hans")
    assert said.status == 2
    assert HAN.search(said.err.splitlines()[-1])


def test_a_word_that_is_near_is_not_taken_for_an_option(songloom: Songloom) -> None:
    """`--` ends the options: what comes behind is a word to look for, whatever it looks like."""
    assert songloom("search", "--limt", "3").status == 2


@pytest.mark.django_db
def test_behind_two_dashes_everything_is_a_word(songloom: Songloom) -> None:
    said = songloom("search", "--json", "--", "--limit", "-x")
    assert (said.status, said.document["query"]) == (0, "--limit -x")


# ------------------------------------------------------------------ the language of a terminal


@pytest.mark.parametrize(
    ("environment", "is_chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_TW.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, True),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, True),
        ({"LANG": ""}, False),
    ],
    ids=str,
)
def test_the_terminal_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    is_chinese: bool,
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["--help"]) == 0
    assert bool(HAN.search(capsys.readouterr().out)) is is_chinese
    language.speak("en")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "argv",
    [
        ("show", "0123456789abcdef"),
        ("show", "0123"),
        ("playlist", "show", "Nothing"),
        ("folder", "add", "/nowhere"),
        ("edit", "0123456789abcdef", "--trim", "5:1"),
        ("generate", "calm", "--seconds", "0"),
    ],
    ids=" ".join,
)
def test_errors_are_sentences_in_the_language_asked_for(
    songloom: Songloom, argv: tuple[str, ...]
) -> None:
    english = songloom(*argv, "--json").document["error"]
    chinese = songloom(*argv, "--json", language="zh-hans").document["error"]
    assert english["code"] == chinese["code"]
    assert HAN.search(chinese["message"])
    assert not HAN.search(english["message"])


@pytest.mark.django_db
def test_sums_and_notes_follow_the_language(songloom: Songloom) -> None:
    for argv in (("search",), ("jobs",), ("add", "/nowhere")):
        assert HAN.search(songloom(*argv, language="zh-hans").out.splitlines()[-1])
        assert not HAN.search(songloom(*argv).out)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (("edit", "nothing"), "nothing"),
        (("edit", "/nowhere.ogg", "--trim", "0:1"), "/nowhere.ogg"),
        (("show", "nothing"), "nothing"),
        (("show", "0123456789abcdef"), "0123456789abcdef"),
        (("show", "0123"), "8"),
        (("playlist", "show", "Nothing"), "Nothing"),
        (("folder", "remove", "Nothing"), "Nothing"),
        (("jobs", "--cancel", "soup"), "soup"),
        (("generate", "calm", "--seconds", "3"), "600"),
        (("generate", "--request", "/nowhere.jsonl"), "/nowhere.jsonl"),
        (("key", "add", "nobody"), "nobody"),
        (("search", "--sort", "loveliness"), "loveliness"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_error_names_what_is_missing_or_wrong(
    songloom: Songloom, argv: tuple[str, ...], named: str, language: str
) -> None:
    said = songloom(*argv, language=language)
    assert said.status == 1
    assert named in said.err.splitlines()[-1]
    assert bool(HAN.search(said.err.splitlines()[-1])) == (language == "zh-hans")


def test_what_is_edited_may_be_a_file_or_a_track_and_is_neither(
    songloom: Songloom, db: None
) -> None:
    said = songloom("edit", "nothing")
    assert said.err == "songloom: there is no file “nothing”, and no track with such an id\n"


@pytest.mark.parametrize("argv", [("--port", "99999"), ("--port", "x"), ("--workers", "65")])
def test_a_number_that_cannot_be_is_told_with_those_that_can(
    songloom: Songloom, argv: tuple[str, ...]
) -> None:
    told = songloom("up", *argv).err.splitlines()[-1]
    assert argv[1] in told
    assert "whole number from" in told
    assert "_" not in told  # no name out of the code
