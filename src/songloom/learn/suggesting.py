"""Tags that tracks might have. A suggestion never changes a tag; only a person does."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet

from songloom.core.features import FEATURES_VERSION
from songloom.errors import BadValue, NotAllowed, StorageAway
from songloom.learn import kept
from songloom.learn.examples import GENRE
from songloom.learn.matrix import Table, table
from songloom.learn.models import Suggestion, TagModel
from songloom.library.models import Track, TrackTag, User
from songloom.library.services.tagging import set_fields, tags_of

logger = logging.getLogger(__name__)
SUREST = 0.7  # below it a suggestion would be noise
LEAST_GAIN = 0.1  # of the score over its baseline; a model below it knows nothing


def suggest_for(user: User, track_ids: Iterable[UUID] | None = None) -> int:
    """Write what the user's models suggest, for these tracks or for all; returns how many.

    A suggestion that no longer holds goes away; a dismissed one stays dismissed.
    """
    known = table()
    visible = Track.objects.visible_to(user).order_by()
    if track_ids is not None:
        visible = visible.filter(pk__in=list(track_ids))
    measured = set(known.ids).intersection(visible.values_list("pk", flat=True))
    n_found = 0
    for model in useful_models(user):
        try:
            n_found += _suggest_one(model, sorted(measured - _carriers(model)), known)
        except (StorageAway, BadValue) as exc:  # one bad file must not silence the others
            logger.warning("learn.suggest: %s cannot be used: %s", model.sha256, exc)
    return n_found


def useful_models(user: User) -> QuerySet[TagModel]:
    """Models of this features version that beat their baseline by more than their own spread."""
    from songloom.core.learning.vectors import VECTOR_VERSION

    return TagModel.objects.filter(
        owner=user,
        features_version=FEATURES_VERSION,
        vector_version=VECTOR_VERSION,
        score__gte=F("baseline") + LEAST_GAIN,
        score__gt=F("baseline") + F("score_std"),
    )


def _suggest_one(model: TagModel, ids: list[UUID], known: Table) -> int:
    from songloom.core.learning.tagging import probabilities

    if not ids:
        return 0
    matrix = known.raw[known.rows(ids)]
    sure = dict(zip(ids, probabilities(kept.pipeline_of(model), matrix).tolist(), strict=True))
    likely = [pk for pk, probability in sure.items() if probability >= SUREST]
    with transaction.atomic():
        Suggestion.objects.filter(model=model, track__in=ids).open().exclude(
            track__in=likely
        ).delete()
        Suggestion.objects.bulk_create(
            [Suggestion(track_id=pk, model=model, probability=sure[pk]) for pk in likely],
            update_conflicts=True,
            unique_fields=["track", "model"] if _names_what_is_unique() else None,
            update_fields=["probability"],
        )
    return len(likely)


def _names_what_is_unique() -> bool:
    """MariaDB takes whatever is unique, and must not be told."""
    return connection.features.supports_update_conflicts_with_target


def _carriers(model: TagModel) -> set[UUID]:
    if model.field == GENRE:
        return set(
            Track.objects.filter(genres__name_key=model.value_key).values_list("pk", flat=True)
        )
    tags = TrackTag.objects.filter(field=model.field, value_key=model.value_key)
    return set(tags.values_list("track_id", flat=True))


def suggestions_for(track: Track, user: User) -> QuerySet[Suggestion]:
    """What is open for this track, the surest first."""
    return Suggestion.objects.visible_to(user).open().filter(track=track).select_related("model")


@transaction.atomic
def take(suggestion: Suggestion, user: User) -> Track:
    """Make it a tag, beside those that are there. Raises NotAllowed for a track of others."""
    track = Track.objects.changeable_by(user).filter(pk=suggestion.track_id).first()
    if track is None or suggestion.model.owner_id != user.pk:
        raise NotAllowed("only who may change this track can take the suggestion")
    model = suggestion.model
    set_fields(track, {model.field: [*tags_of(track).get(model.field, []), model.value]})
    Suggestion.objects.filter(pk=suggestion.pk).update(state=Suggestion.State.TAKEN)
    return track


def dismiss(suggestion: Suggestion, user: User) -> None:
    """Never suggest this again. Raises NotAllowed for what was learnt for others."""
    if suggestion.model.owner_id != user.pk:
        raise NotAllowed("only who it was suggested to can dismiss it")
    Suggestion.objects.filter(pk=suggestion.pk).update(state=Suggestion.State.DISMISSED)
