"""The exception tree: what went wrong, and what the reader can do about it.

A fault in *data* is a `Finding` or a rejected row. An exception means that the work could not be
done at all. Messages never carry a personal value: they name the field and the remedy.
"""


class LanddbError(Exception):
    """The work could not be done."""

    def __init__(self, message: str | None = None, *, remedy: str | None = None) -> None:
        self.message = message or (self.__doc__ or "").splitlines()[0]
        self.remedy = remedy
        super().__init__(self.message)

    def __str__(self) -> str:
        """Give the message, and the remedy on its own line when there is one."""
        return self.message if self.remedy is None else f"{self.message}\n  → {self.remedy}"


class ConfigurationError(LanddbError):
    """A setting is missing or contradicts another."""


class ClusterError(LanddbError):
    """The private PostGIS cluster could not be run."""


class NotFound(LanddbError):
    """Nothing is known under this key."""


class AccessDenied(LanddbError):
    """Asking this needs a role or a purpose that the asker does not have."""


class StaleState(LanddbError):
    """What is to be changed is not any more as the clerk saw it."""


class KeyReused(LanddbError):
    """The idempotency key was used for another request."""


class Conflict(LanddbError):
    """What is stored is in a state that does not allow this; `reason` is a stable code (upper snake case)."""

    def __init__(self, reason: str, message: str, *, remedy: str | None = None) -> None:
        self.reason = reason
        super().__init__(message, remedy=remedy)


class InvalidValue(LanddbError):
    """A value does not have the form that its field asks for.

    `reason` is a stable code (upper snake case); the value itself is never part of the error.
    """

    def __init__(self, field: str, reason: str, *, remedy: str | None = None) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}", remedy=remedy)


class ImportRefused(LanddbError):
    """The delivered file cannot be read as a whole; nothing of it was stored.

    `code` is stable (upper snake case), such as ``VIRTUAL_FORMAT`` or ``ZIP_BOMB``.
    """

    def __init__(self, code: str, reason: str, *, remedy: str | None = None) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"refused ({code}): {reason}", remedy=remedy)


class RepairRefused(Conflict):
    """The repair cannot be carried out; nothing was changed.

    `code` is stable (upper snake case), such as ``STALE`` or ``NEEDS_SURVEY``.
    """

    def __init__(self, code: str, told: str, *, remedy: str | None = None) -> None:
        self.code = code
        super().__init__(code, f"refused ({code}): {told}", remedy=remedy)
