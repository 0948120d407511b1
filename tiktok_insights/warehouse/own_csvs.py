"""What the keys of our CSVs say, in SQL. In Python, `lake/listing.py` says it."""

from tiktok_insights.lake.listing import csv_key
from tiktok_insights.raw.manifest import SnapshotKey

_ID = "20260131T235959999Z"
#: How a key of ours ends, from its day on, and where the day of the folder and that of the name are in it.
_END = csv_key(SnapshotKey("1", _ID)).partition("/dt=")[2]
_PATTERN = f"%/dt=____-__-__/{_END.partition('/')[2].replace(_ID, '________T_________Z')}"


def day_of_ours(key: str) -> str:
    """The day on which the snapshot of a key was begun, as an expression; NULL for the key of another producer."""
    folder = f"SUBSTR({key}, LENGTH({key}) - {len(_END) - 1}, 10)"
    name = f"SUBSTR({key}, LENGTH({key}) - {len(_END) - 1 - _END.index(_ID)}, 8)"
    is_ours = f"{key} LIKE '{_PATTERN}' AND REPLACE({folder}, '-', '') = {name}"
    return f"CASE WHEN {is_ours} THEN TRY_CAST({folder} AS DATE) END"
