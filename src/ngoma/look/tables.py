"""Tables as files for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from ngoma.base.spreadsheets import plain


def as_file(name: str, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as CSV that a browser keeps under `name`; no cell is taken for a formula."""
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    answer.write("\ufeff")  # so that spreadsheets read it as UTF-8
    table = csv.writer(answer)
    table.writerow(titles)
    table.writerows([plain(cell) for cell in row] for row in rows)
    return answer
