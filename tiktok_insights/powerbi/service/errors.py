"""The errors of the Power BI service, by what helps.

PowerBIError
├── SignInError           the service principal is not let in: correct its credentials
├── ServiceRefusedError   the service refuses the request: correct settings or permissions
├── ModelNotFoundError    the workspace has no such semantic model, or several
├── UnexpectedReplyError  the service says what this package does not understand
├── ServiceBusyError      too many requests: they were not carried out, and may be sent again
├── LostReplyError        no answer, or a problem there: what was asked for may have happened
├── RefreshFailedError    the refresh ended without success
└── RefreshTimeoutError   the refresh took longer than it may
"""


class PowerBIError(RuntimeError):
    """The root of the tree."""


class SignInError(PowerBIError):
    """Microsoft Entra does not let the service principal in."""


class ServiceRefusedError(PowerBIError):
    """The service refuses a request; `status` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ModelNotFoundError(PowerBIError):
    """The workspace has no semantic model of that name or ID, or more than one."""


class UnexpectedReplyError(PowerBIError):
    """An answer that is not what the service's documents say."""


class ServiceBusyError(PowerBIError):
    """The service took no request now. `retry_after` is its own wish in seconds, if it has one."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LostReplyError(PowerBIError):
    """There is no answer to a request, so that no one knows whether it was carried out."""


class RefreshFailedError(PowerBIError):
    """A refresh has ended, and the model has its data from before."""


class RefreshTimeoutError(PowerBIError):
    """A refresh has not ended within its time."""
