"""Errors that the user can mend, each one clear sentence."""


class SpecificationError(ValueError):
    """A specification that is wrong, or that the panel cannot serve."""


class CollinearityError(SpecificationError):
    """A regressor adds nothing to the ones before it.

    `column` is its name in the design, `reason` why in words.
    """

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"regressor `{column}` {reason}: leave it out")
        self.column = column
        self.reason = reason
