"""The child that reads large files within bounds (`warehouse.formats.bounds`).

Run as `python -m warehouse.intake.bounded_reader FOLDER...` with the folders of the sources.
"""

import pickle
import sys
from types import SimpleNamespace

import warehouse.sources
from warehouse.formats import bounds
from warehouse.intake.reading import write_cells


def main() -> None:
    """Answer each snapshot and target with the number of its cells and the reader's remarks."""
    warehouse.sources.__path__ = sys.argv[1:]
    sys.meta_path.insert(0, SimpleNamespace(find_spec=_refuse_pandas))
    bounds.serve(lambda question: write_cells(*pickle.loads(question)))


def _refuse_pandas(name: str, *of_its_package: object) -> None:
    """Have pyarrow do without pandas, as it can and every reader does.

    With its first list it would load it, for a quarter of a second, to ask if that is a Series.
    """
    if name == "pandas":
        raise ModuleNotFoundError("no reader of large files needs pandas", name=name)


if __name__ == "__main__":
    main()
