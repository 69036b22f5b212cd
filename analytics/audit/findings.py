"""What an audit returns."""

from collections.abc import Callable
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
    """The findings, the impossible ones first, and what nothing could be set against."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()

    def record(self) -> dict[str, list]:
        """The same as lists and mappings, for JSON."""
        return {
            "findings": [asdict(finding) for finding in self.findings],
            "unchecked": list(self.unchecked),
        }


def audit_markdown(report: AuditReport, say: Callable[[str], str] = str) -> str:
    """The report as text, one entry a finding; `say` gives a sentence in another language."""
    impossible = sum(finding.severity == "impossible" for finding in report.findings)
    suspicious = len(report.findings) - impossible
    lines = [say(f"{impossible} impossible, {suspicious} suspicious."), ""]
    for finding in report.findings:
        lines += [
            f"- **{say(finding.place)}** ({say(finding.check)}, {say(finding.severity)})",
            say(f"  - printed: {finding.printed}"),
            say(f"  - follows: {finding.implied}"),
            f"  - {say(finding.reason)}",
        ]
    if report.unchecked:
        lines += ["", say("Not checked:"), *(f"- {say(each)}" for each in report.unchecked)]
    return "\n".join(lines) + "\n"
