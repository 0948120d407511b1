"""The local stack: the source API, AWS and Snowflake on this machine, in one background process.

Here belong the process, its servers and what starts and stops it. Nothing here is used in the `aws` deployment, and
nothing of the pipeline belongs here: it must not be able to tell the stack from the real services. The way
in is `stack`, which imports only the standard library; `process` is the only module that imports the servers.
"""
