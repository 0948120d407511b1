"""Stage insights: views in MAIN that answer the first questions, each with the proof that it adds up."""
