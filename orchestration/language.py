"""The language in which a person is answered: English as the code has it, or by a catalogue.

`locale/<language>/LC_MESSAGES/messages.po` has a translation of every help text and of what
`gettext` is asked for, also by the library of the command line; `values.po` beside it of what
stands in the tables of a release, `tables.po` of what these are. All are compiled once a state
into the user's cache, where gettext finds them. Sentences that are made where no language is known
are translated where they are printed (`orchestration/translations.py`).
"""

import atexit
import gettext
import hashlib
import os
import shutil
from collections.abc import Sequence
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from tempfile import mkdtemp

from orchestration import user_cache
from warehouse.contract.files import write_atomically

VARIABLE = "YEARBOOK_LANG"
_LOCALE, _PLACE = Path(__file__).with_name("locale"), "LC_MESSAGES"
# Where gettext looks unless it is told otherwise, as the library of the command line does
_DOMAIN = "messages"


class Language(StrEnum):
    """A language that is spoken here."""

    en = "en"
    zh = "zh"


_spoken = Language.en


def said_later(text: str) -> str:
    """A text that is translated where it is printed, for the language is not known yet."""
    return text


def speak(language: Language) -> None:
    """Answer in this language from now on, gettext and the processes that are started as well."""
    global _spoken
    if language is not Language.en:
        gettext.bindtextdomain(_DOMAIN, str(_compiled(language)))
    os.environ["LANGUAGE"] = os.environ[VARIABLE] = language
    _spoken = language


def spoken() -> Language:
    """The language of this process."""
    return _spoken


def asked(arguments: Sequence[str]) -> Language:
    """The language of a command, which has to be known before its options are read.

    What stands behind the name of the command is that one's own. English for what is no language:
    the option says so.
    """
    given = os.environ.get(VARIABLE)
    words = iter(arguments)
    for word in takewhile(lambda word: word.startswith("-"), words):
        option, _, value = word.partition("=")
        if option == "--lang":
            given = value or next(words, "")
    return Language(given) if given in set(Language) else Language.en


def catalogue(language: Language) -> Path:
    """The file with the translations into a language."""
    return _LOCALE / language / _PLACE / f"{_DOMAIN}.po"


def values(language: Language) -> Path:
    """The file with what stands in the tables of a release in a language."""
    return catalogue(language).with_name("values.po")


def _compiled(language: Language) -> Path:
    """The folder in which gettext finds what is said in a language."""
    said = values(language)
    files = (said.with_name("tables.po"), said, catalogue(language))
    texts = [file.read_bytes() for file in files]
    state = hashlib.sha256(b"".join(texts)).hexdigest()[:16]
    folder = user_cache.folder("locale") / state
    if not _file(folder, language).exists():
        try:
            _compile(texts, language, folder)
        except OSError:  # a user without a folder of his own
            folder = Path(mkdtemp(prefix="yearbook-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            _compile(texts, language, folder)
    return folder


def _file(folder: Path, language: Language) -> Path:
    return folder / language / _PLACE / f"{_DOMAIN}.mo"


def _compile(texts: Sequence[bytes], language: Language, folder: Path) -> None:
    """Write catalogues as one; of a text that is in two the last one counts."""
    from io import BytesIO

    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    both = Catalog(locale=language)
    for text in texts:
        for message in read_po(BytesIO(text), locale=language):
            both[message.id] = message
    write_mo(compiled := BytesIO(), both)
    write_atomically(_file(folder, language), compiled.getvalue())
