"""Errors of sign-in that a person reads."""

from orchestration.errors import WarehouseError


class SignInSettingsError(WarehouseError):
    """The dashboards cannot start with these settings: the message names the variable and what to set."""


class SignInFailedError(WarehouseError):
    """A sign-in did not come about. The message goes to the log, never a token, address or name with it."""


class ProviderUnreachableError(SignInFailedError):
    """The identity provider does not answer, or not as OpenID Connect says."""
