"""Faults that a person can mend: the text of each is one clear sentence."""


class WarehouseError(Exception):
    """The home or its landing folder is not in order; nothing can go on before it is mended."""


class Rejected(WarehouseError):
    """One landed file cannot be taken; its text says why and how to mend it. Others go on."""
