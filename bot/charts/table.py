"""A report as CSV, for spreadsheets, in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Mapping

from bot.ids import UserId
from bot.plain_numbers import plain
from bot.quotas.report import QuotaReport
from bot.text_files import table_cell

COLUMNS = (
    "member_id",
    "member",
    "requested",
    "delivered",
    "counted",
    "cancelled",
    "without_clip",
    "open",
    "credits",
    # Of which are expected: EvoLink tells the price of an open video at its end.
    "credits_open",
)


def report_csv(report: QuotaReport, names: Mapping[UserId, str]) -> bytes:
    """Return a line for each member; whose name is not known has an empty one.

    UTF-8 with a byte order mark: without one Excel reads another encoding.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in report.members:
        writer.writerow(
            (
                # The leading mark keeps all digits: as a number the end would be lost.
                f"'{line.user_id}",
                table_cell(names.get(line.user_id, "")),
                line.requested,
                line.delivered,
                line.counted,
                line.cancelled,
                line.without_clip,
                line.open,
                plain(line.credits),
                plain(line.credits_open),
            )
        )
    return text.getvalue().encode("utf-8-sig")
