"""What the console oversees with: usage, the machine, and what `kaiga doctor` finds."""

from kaiga.domain.usage_report import UsageDimension
from kaiga.http.operations.description.parts import (
    DAY,
    NUMBER,
    TEXT,
    TIME,
    Schema,
    answer_with,
    count_up_to,
    json_response,
    list_of,
    members_of,
    operation,
    or_null,
    query,
    refer,
    response,
)
from kaiga.service.reading.report_usage import MOST_DAYS, USUAL_DAYS

_TAG = "Kaiga: overseeing"
_CSV: Schema = {"text/csv": {"schema": TEXT}}
_FOR_ADMINS = "For keys with the role admin"


def describe_overseeing() -> Schema:
    """Describe `/kaiga/v1/usage`, `/kaiga/v1/system` and `/kaiga/v1/doctor`."""
    found: dict[str, Schema] = {"findings": list_of(refer("Finding"))}
    return {
        "/kaiga/v1/usage": {"get": _describe_report()},
        "/kaiga/v1/usage.csv": {
            "get": operation(
                "report_usage_as_csv",
                _TAG,
                "The same as CSV, with a line of names",
                response("The report", _CSV),
                parameters=_list_wishes(),
            )
        },
        "/kaiga/v1/system": {
            "get": operation(
                "show_system",
                _TAG,
                "Show versions, room on the disk, what failed of late, and warnings of the log",
                json_response(_describe_system()),
                description=_FOR_ADMINS,
            )
        },
        "/kaiga/v1/doctor": {
            "get": operation(
                "examine_machine",
                _TAG,
                "Examine the machine, as `kaiga doctor` does; takes a second or two",
                json_response(answer_with(found)),
                description=_FOR_ADMINS,
            )
        },
    }


def _describe_report() -> Schema:
    report: dict[str, Schema] = {
        "from": DAY,
        "to": DAY,
        "by": list_of({"enum": list(UsageDimension)}),
        "usage": list_of(refer("UsageLine")),
    }
    return operation(
        "report_usage",
        _TAG,
        "Report what was used, of the key's own account, or of all for keys with the role admin",
        json_response(
            answer_with(report), "The report; as CSV with Accept: text/csv", {}, {"text/csv": TEXT}
        ),
        parameters=_list_wishes(),
    )


def _list_wishes() -> list[Schema]:
    dimensions = ", ".join(UsageDimension)
    return [
        query("from", DAY, "The first day"),
        query("to", DAY, "The last day; today unless given"),
        query("days", count_up_to(MOST_DAYS, USUAL_DAYS), "So many, where `from` is not given"),
        query("by", meaning=f"Some of {dimensions}, with commas between; day,model unless given"),
        query("account", meaning="Another account, for keys with the role admin"),
    ]


def _describe_system() -> Schema:
    code = members_of({"code": TEXT, "count": NUMBER, "newest_at": or_null(TIME)})
    failures = members_of(
        {
            "among_newest": NUMBER,
            "codes": list_of(code),
            "newest": list_of(refer("FailedTask")),
        }
    )
    return answer_with(
        {
            "versions": {"type": "object", "additionalProperties": TEXT},
            "disk": refer("DiskUse"),
            "failures": failures,
            "log": list_of({"type": "object"}),
        }
    )
