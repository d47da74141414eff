"""Every error a person can meet. Each says what happened and what to do next, and carries its exit code.

    NotebotError                 1  something failed
      UsageError                 2  the command line or the question is not usable
        SettingsError            2  a settings file, variable or flag is wrong
      NotesError                 1  the notes folder cannot be read
      IndexMissing               1  nothing has been ingested yet
      IndexBroken                1  the index cannot be used as it is
      ModelError                 5  no usable model
        ModelUnreachable         5  the model's server does not answer
        ModelMissing             5  the model is not installed
        ModelFailed              5  the model broke off while it was writing
      Locked                     6  another process is writing the index
      NotThere                   1  a conversation, an answer or a source that there is not, or not for this user
      Busy                       1  more is being asked than can wait

Exit code 0 is an answer, 4 "nothing found in the notes" (a result, not an error), 130 an interrupt.
"""

from __future__ import annotations

NOTHING_FOUND = 4
INTERRUPTED = 130


class NotebotError(Exception):
    """The base class: catch this one."""

    exit_code = 1


class UsageError(NotebotError):
    """The request itself cannot be used: an empty question, an unknown option value."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is unknown or has a value it cannot have. Names the key and where it was read."""


class NotesError(NotebotError):
    """The notes folder is missing, is not a folder, or has suddenly become empty."""


class IndexMissing(NotebotError):
    """There is no index yet."""


class IndexBroken(NotebotError):
    """The index on disk was made by another version or is damaged."""


class ModelError(NotebotError):
    """No usable model."""

    exit_code = 5


class ModelUnreachable(ModelError):
    """The server that runs the model does not answer."""


class ModelMissing(ModelError):
    """The model is not installed."""


class ModelFailed(ModelError):
    """The model broke off in the middle. What it wrote until then has already been yielded."""


class Locked(NotebotError):
    """Another process is writing the index."""

    exit_code = 6


class NotThere(NotebotError):
    """What an id names does not exist, or is another user's: both are said alike."""


class Busy(NotebotError):
    """More questions wait already than may. Nothing was asked."""
