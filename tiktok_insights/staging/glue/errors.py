"""The errors of Glue and its job, by what helps.

GlueError
├── GlueRefusedError      Glue refuses a request: correct a name or a permission
├── GlueUnavailableError  no answer, or a problem there: what was asked for may have happened
├── JobBusyError          other runs occupy the job
├── JobRunFailedError     a run of the job ended and says nothing of the batch
├── JobRunOverdueError    a run of the job has not ended, although its time is over
└── ResultError           what a run of the job says of the batch cannot be true
"""


class GlueError(RuntimeError):
    """The root of the tree."""


class GlueRefusedError(GlueError):
    """Glue refuses a request."""


class GlueUnavailableError(GlueError):
    """There is no answer to a request, so that no one knows whether it was carried out."""


class JobBusyError(GlueError):
    """The job starts no other run now."""


class JobRunFailedError(GlueError):
    """A run of the job has ended without a result."""


class JobRunOverdueError(GlueError):
    """A run of the job has not ended within its timeout."""


class ResultError(GlueError):
    """A result is not believed."""
