"""Users: what each may do; who may make them and set their passwords."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.login import decoded
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import FORBIDDEN, GENERIC, Refusal
from songloom.interfaces.subsonic.scope import LIBRARY
from songloom.library.ids import clean_text
from songloom.library.models import User
from songloom.library.services import people
from songloom.library.services.browse import folders_of
from songloom.play.allowances import ROLES, allow, allowed

CLIENTS = "OpenSubsonic"  # the name of the app password that goes with a login password


def shown(person: User) -> Element:
    return shapes.user(person, folders_seen(person), allowed(person))


def folders_seen(person: User) -> list[int]:
    return [LIBRARY, *folders_of(person).values_list("number", flat=True)]


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
    name = call.asked.required("username")
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
    name, password = call.asked.required("username"), decoded(call.asked.required("password"))
    email = call.asked.required("email")
    person = people.add_user(name, password, is_admin=call.asked.flag("adminRole", False))
    people.make_app_password(person, CLIENTS, password)
    change(call, person, email)


@method("updateUser")
@transaction.atomic
def update_user(call: Call) -> None:
    """What is not named stays. Nobody takes the administrator's role from themselves."""
    require_admin(call)
    person = person_named(call.asked.required("username"))
    is_admin = call.asked.flag("adminRole", person.is_superuser)
    if person == call.user and not is_admin:
        raise Refusal(FORBIDDEN, _("Nobody takes this role from themselves."))
    person.is_superuser = person.is_staff = is_admin
    if call.asked.text("password"):
        set_password(person, decoded(call.asked.text("password")))
    change(call, person, call.asked.text("email"))


def change(call: Call, person: User, email: str) -> None:
    """Address and roles. Roles for what no player does here are as they are for everybody."""
    require_all_folders(call, person)
    person.email = clean_text(email, 254) or person.email
    person.save(update_fields=["email", "is_superuser", "is_staff"])
    named = [name for name in ROLES if call.asked.text(f"{name}Role")]
    roles = {name: call.asked.flag(f"{name}Role", True) for name in named}
    most_kbps = call.asked.number("maxBitRate", 0) if call.asked.text("maxBitRate") else None
    if roles or most_kbps is not None:
        allow(person, roles, most_kbps)


def require_all_folders(call: Call, person: User) -> None:
    """Folders are private or not, for everybody alike: a list that leaves one out is refused."""
    given = call.asked.many("musicFolderId")
    if given and not {str(number) for number in folders_seen(person)} <= set(given):
        raise Refusal(GENERIC, _("Folders are not given to users one by one; make one private."))


@method("changePassword", role="settings")
@transaction.atomic
def change_password(call: Call) -> None:
    """One's own; an administrator may change anybody's. The app password of that name follows."""
    name, password = call.asked.required("username"), decoded(call.asked.required("password"))
    if name != call.user.username:
        require_admin(call)
    set_password(person_named(name), password)


def set_password(person: User, password: str) -> None:
    """The login password, and the app password that goes with it."""
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
