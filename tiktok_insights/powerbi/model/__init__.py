"""The semantic model: its tables, columns, measures and relationships. How they become text belongs elsewhere."""

from dataclasses import replace

from tiktok_insights.powerbi.model.accounts import with_name
from tiktok_insights.powerbi.model.dates import dates, with_day
from tiktok_insights.powerbi.model.measures import MEASURES
from tiktok_insights.powerbi.model.objects import Model
from tiktok_insights.powerbi.model.relationships import relationships
from tiktok_insights.powerbi.model.tables import warehouse_tables


def _model() -> Model:
    tables = (*map(with_day, map(with_name, warehouse_tables())), dates())
    measured = tuple(replace(table, measures=MEASURES.get(table.name, ())) for table in tables)
    return Model(measured, relationships(measured))


MODEL: Model = _model()
