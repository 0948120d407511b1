"""Stage insights: views in MAIN that answer the first questions, each reconciled with the tables it is made from."""
