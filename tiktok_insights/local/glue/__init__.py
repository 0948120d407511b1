"""Glue on this machine, as far as moto has none: job runs that run a script, and crawls that read CSVs.

moto keeps the definitions of jobs, crawlers and connections. What a run or a crawl is doing is kept here, below one
folder of the stack. Nothing is started, and no folder is made, before somebody starts a job or a crawler.
"""
