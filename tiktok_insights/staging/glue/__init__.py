"""The engine on AWS Glue: a job that runs the engine on Spark, and what starts it, follows it and reads its result."""
