"""How a visual of the description becomes one of Power BI: a page gives its fields; the rest is described."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tiktok_insights.dashboard.description import DEFINITIONS
from tiktok_insights.dashboard.description.model import Visual
from tiktok_insights.powerbi.model import MODEL
from tiktok_insights.powerbi.report.fields import Field, Json, showing
from tiktok_insights.powerbi.report.filters import Filter
from tiktok_insights.powerbi.report.visuals import INSTEAD, TYPES, Drawn, Sort


@dataclass(frozen=True, slots=True)
class Showing:
    """The fields that a visual shows, by role. `note` replaces what the HTML says below the title and the chart."""

    roles: Mapping[str, tuple[Field, ...]]
    filters: tuple[Filter, ...] = ()
    note: str | None = None
    #: Replaces the order of the description where that is of a column which Power BI does not show.
    sort: tuple[Sort, ...] = ()
    objects: Mapping[str, list[Json]] = field(default_factory=dict)


def drawn(visual: Visual, shown: Showing) -> Drawn:
    """Make the visual."""
    fields = [one for role in shown.roles.values() for one in role]
    note = f"{visual.subtitle} {visual.note}".strip() if shown.note is None else shown.note
    if visual.kind in INSTEAD:
        note = f"{INSTEAD[visual.kind]} {shown.note or ''}".strip()
    return Drawn(
        name=visual.name,
        type=TYPES[visual.kind],
        roles=shown.roles,
        title=visual.title,
        subtitle=note,
        alt_text=f"{visual.title}: {', '.join(one.words for one in fields)}.",
        sort=shown.sort or tuple(_sort(visual.sort, fields)),
        filters=shown.filters,
        objects=shown.objects,
        meaning=_meaning(visual.definition),
    )


def _meaning(name: str) -> str:
    return next(f"{one.title}. {one.text} {one.more}".strip() for one in DEFINITIONS if one.name == name)


def _sort(order: str, fields: list[Field]) -> list[Sort]:
    """The order of the description, as far as its columns are shown, or sort what is."""
    found = []
    for part in filter(None, order.split(", ")):
        name, _, direction = part.partition(" ")
        if (one := showing(name, fields) or _sorted_by(name, fields)) is not None:
            found.append(Sort(one, is_descending=direction == "DESC"))
    return found


def _sorted_by(name: str, fields: Sequence[Field]) -> Field | None:
    """The field whose values the model puts in the order of a column that is not shown."""
    columns = ((field, MODEL.table(field.table).columns) for field in fields if not field.is_measure)
    return next(
        (field for field, all_ in columns for one in all_ if (one.name, one.sort_by) == (field.name, name)), None
    )
