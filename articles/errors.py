"""The archive's few errors. They carry facts; the edge turns them into words for its user."""


class ArchiveError(Exception):
    """Something a user can mend; `str()` says what, where and what to do."""


class LoadError(ArchiveError):
    """A load could not run at all: an unreadable input, an unknown format or default source."""


class InvalidQueryError(ArchiveError):
    """A request asks for something that the interface does not have.

    `parameter` names it, `allowed` lists what may stand there, `nearest` is the closest of them.
    """

    def __init__(
        self, parameter: str, detail: str, allowed: tuple[str, ...] = (), nearest: str | None = None
    ) -> None:
        super().__init__(f"{parameter}: {detail}")
        self.parameter = parameter
        self.detail = detail
        self.allowed = allowed
        self.nearest = nearest
