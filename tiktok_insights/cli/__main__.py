"""`python -m tiktok_insights.cli`: the command line where the script is not on the PATH."""

from tiktok_insights.cli import main

main(prog_name="tiktok-insights")
