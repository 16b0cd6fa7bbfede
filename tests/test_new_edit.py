"""An edit that nobody has heard of is shown by every interface and the documents, by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from django.utils.translation import override
from docs import edit_tables

from songloom.core.audio import recipe
from songloom.core.audio.edits import EDITS, Edit, Parameter, Sound, Words
from songloom.core.audio.options import parse_option
from songloom.interfaces.rest import urls  # noqa: F401  (mounts every router)
from songloom.interfaces.rest.api import api
from songloom.interfaces.web import recipes
from songloom.process.lineage import summary
from tests.cli.conftest import Songloom, songloom  # noqa: F401  (a fixture)

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Echo(Edit):
    """Hear it once more, softer, a little later."""

    name = "echo"
    words = Words("Echo", "回声")
    parameters = (
        Parameter("delay_ms", "ms", 1, 2_000, Words("Delay", "延迟"), default=250.0),
        Parameter("share", "", 0, 1, Words("Share", "比例"), default=0.5),
    )
    example = "250,0.5"

    delay_ms: float = 250.0
    share: float = 0.5

    def on(self, sound: Sound) -> Sound:
        return sound.shaped(lambda blocks: (block * np.float32(1 + self.share) for block in blocks))


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EDITS, "echo", Echo)


def test_a_recipe_may_name_it_and_its_values_are_checked() -> None:
    (edit,) = recipe.read([{"edit": "echo", "delay_ms": 100}]).edits
    assert edit.document() == {"edit": "echo", "delay_ms": 100.0, "share": 0.5}
    assert summary({"edits": [edit.document()]}) == "echo 100 ms"


def test_the_json_schema_of_recipes_has_it() -> None:
    (own,) = (
        one
        for one in recipe.schema()["oneOf"][0]["items"]["oneOf"]
        if one["properties"]["edit"] == {"const": "echo"}
    )
    assert own["properties"]["delay_ms"]["maximum"] == 2_000
    assert own["description"] == "Hear it once more, softer, a little later."


def test_the_command_line_offers_it_in_both_languages(songloom: Songloom) -> None:  # noqa: F811
    english = " ".join(songloom("edit", "--help").out.split())
    chinese = " ".join(songloom("edit", "--help", language="zh-hans").out.split())
    assert "--echo 250,0.5 Echo: Delay ms; Share" in english
    assert "回声: 延迟 ms; 比例" in chinese
    assert parse_option("echo", "100,share=0.2") == {"edit": "echo", "delay_ms": 100, "share": 0.2}


def test_the_rest_interface_describes_it() -> None:
    shown = json.dumps(api.get_openapi_schema(path_prefix=""), default=str)
    assert '"const": "echo"' in shown
    for name in EDITS:
        assert f'"const": "{name}"' in shown


def test_the_web_editor_gets_it_with_its_words() -> None:
    assert recipes.registry()[-1]["label"] == "Echo"
    with override("zh-hans"):
        shown = recipes.registry()[-1]
    assert [shown["label"], *(one["label"] for one in shown["parameters"])] == [
        "回声",
        "延迟",
        "比例",
    ]
    assert recipes.in_words({"edits": [{"edit": "echo", "delay_ms": 100}]}) == "Echo 100 ms"


def test_the_documents_list_it() -> None:
    assert "| `echo` | `--echo 250,0.5` | Echo | `delay_ms` Delay: 1 … 2,000 ms (250)" in (
        edit_tables.table("en")
    )
    assert "回声" in edit_tables.table("zh")
