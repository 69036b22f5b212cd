"""How dbt puts ephemeral models into the SQL that reads them."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_at_the_first_with() -> Iterator[None]:
    """Have dbt read no more of a statement than its tokens.

    It inserts the ephemeral models behind the first `with`, and to find that has sqlparse group
    all tokens that follow by what they belong to: two thirds of the work. A statement that begins
    otherwise is grouped as ever.
    """
    import sqlparse
    from sqlparse.engine import FilterStack
    from sqlparse.sql import Statement

    grouped = sqlparse.parse

    def parsed(sql: str, encoding: str | None = None) -> tuple[Statement, ...]:
        statements = tuple(FilterStack().run(sql, encoding))
        first = statements[0].token_first(skip_cm=True) if statements else None
        return statements if first and first.normalized == "WITH" else grouped(sql, encoding)

    sqlparse.parse = parsed
    try:
        yield
    finally:
        sqlparse.parse = grouped
