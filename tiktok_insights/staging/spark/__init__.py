"""The engine for batches that outgrow one machine: Spark. It needs the extra `glue`, and is imported only to be used.

The object is the unit: a worker reads exactly the listed version and inspects it with the same code as every engine.
Spark's own readers of CSV and text do not agree with our rules, so none of them is used.
"""
