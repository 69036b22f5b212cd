"""What an audit returns."""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["impossible", "suspicious"]


@dataclass(frozen=True)
class Finding:
    """Printed numbers that do not go together.

    `impossible`: no data and no rounding give them. `suspicious`: an unusual, unstated reason
    could. `table`, `column` and `term` are None where the finding is about something else.
    """

    check: str
    severity: Severity
    place: str  # where it is printed, in words
    printed: str
    implied: str  # what follows from the other numbers
    reason: str
    table: str | None = None
    column: str | None = None
    term: str | None = None


@dataclass(frozen=True)
class AuditReport:
    """The findings, the impossible ones first, and the claims that nothing could be set against."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()

    def record(self) -> dict[str, list]:
        """The same as lists and mappings, for JSON."""
        return {
            "findings": [asdict(finding) for finding in self.findings],
            "unchecked": list(self.unchecked),
        }


def audit_markdown(report: AuditReport) -> str:
    """The report as text: one entry a finding."""
    impossible = sum(finding.severity == "impossible" for finding in report.findings)
    suspicious = len(report.findings) - impossible
    lines = [f"{impossible} impossible, {suspicious} suspicious.", ""]
    for finding in report.findings:
        lines += [
            f"- **{finding.place}** ({finding.check}, {finding.severity})",
            f"  - printed: {finding.printed}",
            f"  - follows: {finding.implied}",
            f"  - {finding.reason}",
        ]
    if report.unchecked:
        lines += ["", "Not checked:", *(f"- {sentence}" for sentence in report.unchecked)]
    return "\n".join(lines) + "\n"
