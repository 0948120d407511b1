"""Stage catalog: the Glue database, its table from the contract, and a partition for each folder of CSVs."""
