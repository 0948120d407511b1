"""The report: pages of visuals, made from the dashboard's description. Numbers are measures: `model/measures`."""

from tiktok_insights.powerbi.report.files import FOLDER, files

__all__ = ["FOLDER", "files"]
