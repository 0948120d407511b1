"""What the pipeline costs in time; run with `make bench`, one figure a module."""
