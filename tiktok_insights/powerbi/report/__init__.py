"""The report: pages of visuals, made from the dashboard's description. Numbers are measures: `model/measures`."""
