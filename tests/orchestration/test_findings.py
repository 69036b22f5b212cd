"""What `refresh.md` says of cells."""

import duckdb

from orchestration import report
from warehouse.explain import findings


def test_cells_rejected_for_one_reason_are_a_line_with_the_first_of_them() -> None:
    con = duckdb.connect()
    con.execute("create schema catalog")
    con.execute(
        """
        create table catalog.unused_cell as select * from (values
            ('s', '2020', 'a.csv', 'gdp but "…" is printed', 31, 'x: y!B4',
                'were rejected, first x: y!B4: gdp but "3757" is printed', true),
            ('s', '2020', 'b.csv', 'gdp but "…" is printed', 1, 'B2',
                'was rejected, first B2: gdp but "8" is printed', true),
            ('s', '2020', 'b.csv', 'in columns that nothing declares', 2, 'C2', 'in columns', false)
        ) as given (source_id, edition, file_name, reason, cells, first_locator, sentence, is_rejected)
        """
    )
    found = findings.Findings([], [], [], findings._rows(con, findings._REJECTED), [], [], [], [])
    assert report._rejected(found) == [
        'gdp but "3757" is printed: s/2020/a.csv (31 cells, first x: y!B4), '
        "s/2020/b.csv (1 cells, first B2)"
    ]
