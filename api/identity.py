"""Who asks, and of which service: the two dependencies that every route under /v1 has, but for the open check.

`actor` turns the bearer token into a `cases.User`; what that user may do is decided in `cases` alone, in each
method of the service. A test asks every address without a token and expects 401.
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.settings import Settings
from cases import Service, User
from cases.errors import NotAuthenticated

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token that the operator issued; `downline up` makes one for the local user.",
)


def room(request: Request) -> Service:
    """The service that this application answers for."""
    return cast(Service, request.app.state.service)


def settings(request: Request) -> Settings:
    """The operator's settings."""
    return cast(Settings, request.app.state.settings)


def actor(
    service: Annotated[Service, Depends(room)],
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> User:
    """The user whose token came along.

    Raises:
        NotAuthenticated: no token, or nobody's.
    """
    if given is None:
        raise NotAuthenticated
    return service.authenticate(given.credentials)


Room = Annotated[Service, Depends(room)]
Actor = Annotated[User, Depends(actor)]
Bounds = Annotated[Settings, Depends(settings)]
