"""Users: what each may do; who may make them and set their passwords."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.login import decoded
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import FORBIDDEN, Refusal
from songloom.interfaces.subsonic.scope import LIBRARY
from songloom.library.models import User
from songloom.library.services import people
from songloom.library.services.browse import folders_of

CLIENTS = "OpenSubsonic"  # the name of the app password that goes with a login password


def shown(person: User) -> Element:
    numbers = [LIBRARY, *folders_of(person).values_list("number", flat=True)]
    return shapes.user(person, numbers)


def require_admin(call: Call) -> None:
    if not call.user.is_superuser:
        raise Refusal(FORBIDDEN, _("Only an administrator may do this."))


def person_named(name: str) -> User:
    person = User.objects.filter(username=name, is_active=True).first()
    if person is None:
        raise Refusal.not_found()
    return person


@method("getUser")
def user(call: Call) -> Element:
    """Oneself; an administrator may ask about anybody."""
    name = call.asked.text("username") or call.user.username
    if name == call.user.username:
        return {"user": shown(call.user)}
    require_admin(call)
    return {"user": shown(person_named(name))}


@method("getUsers")
def users(call: Call) -> Element:
    require_admin(call)
    active = User.objects.filter(is_active=True).order_by("username")
    return {"users": {"user": [shown(person) for person in active]}}


@method("createUser")
@transaction.atomic
def create_user(call: Call) -> None:
    """The password signs in at the web pages, and one app password of the same value in clients."""
    require_admin(call)
    password = decoded(call.asked.required("password"))
    person = people.add_user(
        call.asked.required("username"), password, is_admin=call.asked.flag("adminRole", False)
    )
    people.make_app_password(person, CLIENTS, password)


@method("changePassword")
@transaction.atomic
def change_password(call: Call) -> None:
    """One's own; an administrator may change anybody's. The app password of that name follows."""
    name, password = call.asked.required("username"), decoded(call.asked.required("password"))
    if name != call.user.username:
        require_admin(call)
    person = person_named(name)
    people.set_password(person, password)
    for kept in person.app_passwords.filter(name=CLIENTS, revoked_at=None):
        people.revoke(kept)
    people.make_app_password(person, CLIENTS, password)


@method("deleteUser")
def delete_user(call: Call) -> None:
    """Closed, not erased: what they brought stays, and nobody signs in by that name any more."""
    require_admin(call)
    person = person_named(call.asked.required("username"))
    if person == call.user:
        raise Refusal(FORBIDDEN, _("Nobody deletes themselves."))
    person.is_active = False
    person.save(update_fields=["is_active"])
