"""How a release is cited: one sentence, and `CITATION.cff` (Citation File Format 1.2.0)."""

from pathlib import Path

import yaml

from warehouse.store.package.contents import Contents

NAME = "CITATION.cff"
TITLE = "Yearbook: a warehouse of China's statistical yearbooks"


def sentence(label: str, fingerprint: str, year: int) -> str:
    """The release in a list of references; the fingerprint tells it from all others."""
    return f"Yearbook ({year}). {TITLE}. {label} [Data set]. Fingerprint {fingerprint}."


def write(contents: Contents, folder: Path) -> None:
    """Write `CITATION.cff`; the sources are the works that the release refers to."""
    cited = {
        "cff-version": "1.2.0",
        "message": contents.citation,
        "title": f"{TITLE}. {contents.label}",
        "type": "dataset",
        "authors": [{"name": "Yearbook"}],
        "version": contents.release,
        "date-released": contents.newest_published_on,
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{contents.fingerprint}",
                "description": "Fingerprint of files, declarations, judgement and code",
            }
        ],
        "references": [
            {
                "type": "data",
                "title": f"{source.title_en} ({source.title_zh})",
                "authors": [{"name": source.publisher}],
                "notes": f"Licence: {source.licence}",
            }
            for source in contents.sources
        ],
    }
    if not contents.sources:  # the format knows no empty list
        del cited["references"]
    text = yaml.safe_dump(cited, allow_unicode=True, sort_keys=False, width=100)
    (folder / NAME).write_text(text, encoding="utf-8")
