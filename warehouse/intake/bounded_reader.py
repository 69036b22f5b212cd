"""The child that reads large files within bounds (`warehouse.formats.bounds`).

Run as `python -m warehouse.intake.bounded_reader FOLDER...` with the folders of the sources.
"""

import pickle
import sys

import warehouse.sources
from warehouse.formats import bounds
from warehouse.intake.reading import write_cells


def main() -> None:
    """Answer each snapshot and target with the number of its cells and the reader's remarks."""
    warehouse.sources.__path__ = sys.argv[1:]
    bounds.serve(lambda question: write_cells(*pickle.loads(question)))


if __name__ == "__main__":
    main()
