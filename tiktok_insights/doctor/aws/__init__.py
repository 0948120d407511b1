"""AWS as the doctor sees it: each permission of the pipeline, told by a request that reads, or that cannot succeed.

`docs/how_to/check_a_deployment.md` says of every request that writes why it changes nothing.
"""
