"""Sign-in: who reads, for how long, and the record of what was read.

``install`` puts it into an application. People sign in with an identity provider (OpenID Connect); a warehouse that
is not live and has none lets anybody be one of the made-up readers of the demonstration.
"""

from fastapi import FastAPI

from dashboards.signin.desk import Desk
from dashboards.signin.errors import ProviderUnreachableError, SignInFailedError, SignInSettingsError
from dashboards.signin.examples import Examples
from dashboards.signin.middleware import SignInMiddleware, is_public
from dashboards.signin.mode import Mode, sign_in_mode
from dashboards.signin.routes import SIGN_OUT, sign_in_router
from dashboards.signin.views import Views
from dashboards.site.scope import authority_names
from orchestration.settings import Settings

__all__ = [
    "Mode",
    "ProviderUnreachableError",
    "SignInFailedError",
    "SignInSettingsError",
    "install",
    "is_public",
    "sign_in_mode",
]


def install(app: FastAPI, settings: Settings) -> None:
    """Add routes and middleware to an application whose ``state`` has ``database`` and ``templates``.

    Raises SignInSettingsError where the settings must not start. Middleware added later lies outside of this one.
    """
    desk = Desk(settings, app.state.database)
    views = Views(app.state.templates, settings.dashboards_contact)
    examples = Examples(app.state.database, authority_names(settings.seeds_dir))
    app.state.templates.globals["sign_out"] = SIGN_OUT
    app.include_router(sign_in_router(desk, views, examples))
    app.add_middleware(SignInMiddleware, desk=desk, views=views)
