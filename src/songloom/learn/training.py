"""Learning every tag in use, and saying how good each is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from songloom.core.features import FEATURES_VERSION
from songloom.jobs import check_cancelled, report
from songloom.learn import kept
from songloom.learn.examples import Examples, Tag, examples_of
from songloom.learn.models import TagModel
from songloom.learn.suggesting import suggest_for
from songloom.library.models import User
from songloom.library.services.people import command_line_user
from songloom.library.turns import in_turn

if TYPE_CHECKING:
    from songloom.core.learning.tagging import Learnt, TooFew


@dataclass(frozen=True)
class Row:
    """One line of the contract's `train` document."""

    tag: str
    field: str
    n_examples: int
    metric: str
    score: float | None = None
    score_std: float | None = None
    baseline: float | None = None
    model: str | None = None  # SHA-256 of the file
    refused: str | None = None


def train(owner: User | None = None) -> dict[str, Any]:
    """Learn every tag from the songs that `owner` may hear, then suggest tags for them.

    Returns {"tags": [row…]}, the most frequent first. The same songs and tags give the same rows.
    """
    user = owner or command_line_user()
    examples = examples_of(user)
    before = list(TagModel.objects.filter(owner=user).values_list("sha256", flat=True))
    rows = []
    for place, tag in enumerate(examples.tags):
        report(progress=place / len(examples.tags), stage="learning")
        rows.append(_train_one(user, tag, examples))
        if rows[-1].refused:
            _forget(user, tag)
    _forget_unused(user, examples.tags)
    kept.forget(before)
    report(progress=0.95, stage="suggesting")
    suggest_for(user)
    return {"tags": [asdict(row) for row in rows]}


def _train_one(user: User, tag: Tag, examples: Examples) -> Row:
    from songloom.core.learning.files import packed
    from songloom.core.learning.tagging import METRIC, TooFew, learn

    chosen, labels = examples.chosen(tag)
    try:
        learnt = learn(
            examples.matrix[chosen],
            labels[chosen],
            examples.groups[chosen],
            pause=check_cancelled,
        )
    except TooFew as few:
        with override(user.language or get_language()):  # a worker has no language of its own
            sentence = refusal(few, tag.value)
        return Row(tag.value, tag.field, len(tag.carriers), METRIC, refused=sentence)
    raw, sha256 = packed(learnt.pipeline)
    kept.keep(raw, sha256)
    with in_turn(f"bytes {sha256}"):
        kept.keep(raw, sha256)  # somebody may have forgotten the same bytes meanwhile
        _write(user, tag, learnt, sha256)
    return Row(
        tag.value,
        tag.field,
        learnt.n_examples,
        METRIC,
        round(learnt.score, 4),
        round(learnt.score_std, 4),
        round(learnt.baseline, 4),
        sha256,
    )


def refusal(few: TooFew, tag: str) -> str:
    """A sentence that says how many songs are missing, and of which kind."""
    n = few.missing
    words = {"n": n, "tag": tag}
    sentences = {
        "songs": ngettext(
            '%(n)d more song needed to learn "%(tag)s"',
            '%(n)d more songs needed to learn "%(tag)s"',
            n,
        ),
        "others": ngettext(
            '%(n)d more song that is not "%(tag)s" needed to learn it',
            '%(n)d more songs that are not "%(tag)s" needed to learn it',
            n,
        ),
        "groups": ngettext(
            'to learn "%(tag)s", %(n)d more song by another artist and on another album is needed',
            'to learn "%(tag)s", %(n)d more songs by other artists and on other albums are needed',
            n,
        ),
        "other_groups": _(
            'to learn "%(tag)s", %(n)d more songs that are not, by other artists, are needed'
        ),
    }
    return sentences[few.what] % words


def _write(user: User, tag: Tag, learnt: Learnt, sha256: str) -> None:
    from songloom.core.learning.tagging import METRIC
    from songloom.core.learning.vectors import VECTOR_VERSION

    TagModel.objects.update_or_create(
        owner=user,
        field=tag.field,
        value_key=tag.value_key,
        defaults={
            "value": tag.value,
            "sha256": sha256,
            "features_version": FEATURES_VERSION,
            "vector_version": VECTOR_VERSION,
            "n_examples": learnt.n_examples,
            "metric": METRIC,
            "score": learnt.score,
            "score_std": learnt.score_std,
            "baseline": learnt.baseline,
        },
    )


def _forget(user: User, tag: Tag) -> None:
    """A tag with too few songs now loses what was learnt from more."""
    TagModel.objects.filter(owner=user, field=tag.field, value_key=tag.value_key).delete()


def _forget_unused(user: User, tags: list[Tag]) -> None:
    used = {(tag.field, tag.value_key) for tag in tags}
    for model in TagModel.objects.filter(owner=user):
        if (model.field, model.value_key) not in used:
            model.delete()
