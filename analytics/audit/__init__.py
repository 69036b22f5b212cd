"""Audit of published regression tables: printed numbers that cannot go together.

Every check allows for the rounding of every number it uses, says what it assumes, and is silent
where an input is missing.
"""

from collections.abc import Callable, Iterator

from analytics.audit import claims, coefficients, descriptives, identities, samples, thresholds
from analytics.audit.findings import AuditReport, Finding, audit_markdown
from analytics.audit.format import Published, load_published, parse_published

__all__ = [
    "AuditReport",
    "Finding",
    "Published",
    "audit",
    "audit_markdown",
    "load_published",
    "parse_published",
]

CHECKS: tuple[Callable[[Published], Iterator[Finding]], ...] = (
    samples.observations,
    samples.observations_known,
    samples.observations_suffice,
    samples.nested_models,
    samples.winsorising,
    samples.instruments,
    coefficients.standard_errors,
    coefficients.stars,
    coefficients.p_values,
    coefficients.t_statistics,
    coefficients.intervals,
    coefficients.same_model,
    coefficients.repeated_terms,
    coefficients.copied_rows,
    coefficients.errors_are_statistics,
    identities.fitted_means,
    identities.simple_regressions,
    identities.effects_add_up,
    identities.mediation_columns,
    identities.shares_of_columns,
    identities.indirect_of_columns,
    identities.intervals_of_statistics,
    identities.weights,
    identities.ranges,
    identities.adjusted_r2s,
    identities.tests_and_p_values,
    identities.critical_values,
    thresholds.threshold_supports,
    thresholds.thresholds_agree,
    descriptives.orders,
    descriptives.spreads,
    claims.claims,
    claims.claims_agree,
)


def audit(published: Published) -> AuditReport:
    """Run every check; what is impossible comes first, each kind in the order of the checks."""
    found = [finding for check in CHECKS for finding in check(published)]
    return AuditReport(
        findings=tuple(sorted(found, key=lambda finding: finding.severity != "impossible")),
        unchecked=(
            *claims.unchecked_claims(published),
            *identities.unread_statistics(published),
        ),
    )
