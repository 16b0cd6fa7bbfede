"""Health: alive is not ready."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from songloom.jobs.models import Worker
from tests.jobs.brokers import ADDRESSES, address, free_port
from tests.jobs.conftest import carry_by, put_away

pytestmark = pytest.mark.django_db


def seen(seconds_ago: float) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    Worker.objects.create(name="elsewhere:1:0", host="elsewhere", pid=1, queues="", seen_at=at)


@pytest.fixture
def media(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA = tmp_path


def test_a_process_that_answers_is_alive() -> None:
    response = Client().get("/healthz")
    assert response.status_code == 200


@pytest.mark.usefixtures("media")
def test_ready_needs_a_worker_seen_within_30_seconds() -> None:
    assert Client().get("/readyz").status_code == 503
    seen(31)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "database": True, "storage": True, "worker": False}
    Worker.objects.all().delete()
    seen(5)
    assert Client().get("/readyz").json()["ok"] is True


def test_ready_needs_its_storage(settings: Settings, tmp_path: object) -> None:
    seen(1)
    settings.MEDIA = f"{tmp_path}/unmounted"
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["storage"] is False


@pytest.mark.usefixtures("media")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_ready_needs_its_broker_where_one_is_set(kind: str, settings: Settings) -> None:
    seen(1)
    carry_by(settings, ADDRESSES[kind].format(port=free_port()))
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == dict.fromkeys(("database", "storage", "worker"), True) | {
        "ok": False,
        "broker": False,
    }
    carry_by(settings, address(kind))
    assert Client().get("/readyz").json()["broker"] is True
    put_away()
