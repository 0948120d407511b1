"""What an asset was made from, in the metadata of its last materialization: while that is the same, it stays as it is.

What the state consists of is the asset's own matter.
"""

from collections.abc import Mapping

import dagster as dg

#: The state from which the asset was made, under this name in the metadata.
STATE = "state"


def metadata_before(instance: dg.DagsterInstance, name: str) -> Mapping[str, dg.MetadataValue]:
    """Give the metadata of the asset's last materialization; empty if there is none. `name` is the key with slashes."""
    event = instance.get_latest_materialization_event(dg.AssetKey.from_user_string(name))
    return event.asset_materialization.metadata if event and event.asset_materialization else {}


def state_of(metadata: Mapping[str, dg.MetadataValue]) -> str:
    """Give the state in the metadata; empty if there is none."""
    return str(metadata[STATE].value) if STATE in metadata else ""
