"""The pages in their order. What each holds is in its own module."""

from tiktok_insights.dashboard.description.model import Page
from tiktok_insights.dashboard.description.pages.care import PAGE as CARE
from tiktok_insights.dashboard.description.pages.coverage import PAGE as COVERAGE
from tiktok_insights.dashboard.description.pages.growth import PAGE as GROWTH
from tiktok_insights.dashboard.description.pages.today import PAGE as TODAY
from tiktok_insights.dashboard.description.pages.who import PAGE as WHO

PAGES: tuple[Page, ...] = (TODAY, GROWTH, WHO, CARE, COVERAGE)
