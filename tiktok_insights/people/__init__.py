"""What is held about one person, and where: the list of places, and everything in them as one archive.

`places` names each place and how a person is found there. What a place is for belongs to its stage.
"""
