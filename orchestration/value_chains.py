"""Between inter-country tables as the warehouse reads them and the measures of value chains."""

from typing import TYPE_CHECKING

from orchestration.language import Language

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.value_chains.reports import NamedTable
    from warehouse.sources.icio.matrix import Matrix


def named_table(matrix: "Matrix", own_sets: dict[str, list[str]]) -> "NamedTable":
    """A matrix as a table for the measures, with the sets of industries that it keeps apart.

    What is printed in another unit becomes million US dollars here. `own_sets` names further sets
    by the codes of their industries. Raises SpecificationError for a code that the table does not
    have.
    """
    import numpy as np

    from analytics.errors import SpecificationError
    from analytics.value_chains.reports import NamedTable
    from analytics.value_chains.table import InterCountryTable
    from warehouse.sources.icio.industries import sets

    layout = matrix.layout
    codes = layout.industries
    for name, members in own_sets.items():
        if unknown := [member for member in members if member not in codes]:
            raise SpecificationError(
                f"{matrix.name}: `{unknown[0]}` of {name} is no industry of the table; it has "
                f"{', '.join(dict.fromkeys(codes))}"
            )
    intermediate, final = matrix.intermediate, matrix.final
    if matrix.unit.millions != 1:  # else there would be two of a large table in memory
        intermediate, final = (part * matrix.unit.millions for part in (intermediate, final))
    own = {name: [code in members for code in codes] for name, members in own_sets.items()}
    return NamedTable(
        matrix.name,
        matrix.year,
        InterCountryTable(intermediate, final, matrix.home, layout.countries, codes),
        {name: np.array(mask) for name, mask in (sets(codes) | own).items()},
        matrix.remarks(),
    )


def names_of_measures(language: Language) -> dict[str, str]:
    """What the measures are called in a language."""
    from analytics.value_chains.measures import MEASURES

    is_chinese = language is Language.zh
    return {name: each.text_zh if is_chinese else each.text for name, each in MEASURES.items()}


def declared_measures() -> "pa.Table":
    """The measures that there are, as the warehouse tells them (`DECLARED_MEASURES`)."""
    import pyarrow as pa

    from analytics.value_chains.measures import MEASURES
    from warehouse.store.build import DECLARED_MEASURES

    return pa.Table.from_pylist(
        [
            {
                "measure": measure.name,
                "name_en": measure.text,
                "name_zh": measure.text_zh,
                "unit": measure.unit,
                "formula": measure.formula,
                "author": measure.author,
                "year": measure.year,
                "equation": measure.equation,
                "made_of": "/".join(measure.made_of) or None,
                "part_of": measure.part_of,
                "origin": measure.origin,
            }
            for measure in MEASURES.values()
        ],
        DECLARED_MEASURES,
    )
