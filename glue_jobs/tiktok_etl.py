"""The script of the Glue job `tiktok_etl`; all it does is in the package that the job installs."""

import sys

from tiktok_insights.staging.glue.job import main

if __name__ == "__main__" and (error := main(sys.argv[1:])):
    sys.exit(error)
