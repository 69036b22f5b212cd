"""What a person at the terminal sees of a refresh: one line a stage, on stderr."""

from warehouse.store.releases import SYNTHETIC


def say(text: str, is_synthetic: bool) -> None:
    """Print one line; every line about a demonstration says that its data are synthetic."""
    from rich.console import Console

    prefix = f"{SYNTHETIC} · " if is_synthetic else ""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(prefix + text)
