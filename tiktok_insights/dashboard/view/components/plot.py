"""The place of a chart that the script draws, with its data; how each kind is drawn is in `files/`."""

from collections.abc import Mapping

from tiktok_insights.dashboard.view.html import Html, json_data, tag


def plot(kind: str, data: Mapping[str, object], label: str) -> Html:
    """A chart of a kind of `files/`, drawn at the width that it has. What the data lack is read from its table."""
    return tag(
        "div",
        tag("p", class_="readout", aria_live="polite"),
        tag("div", class_="plot", role="group", aria_label=label),
        json_data(data),
        class_="chart",
        data_chart=kind,
    )
