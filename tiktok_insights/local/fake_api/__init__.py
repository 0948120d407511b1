"""The fake TikTok API: what the RapidAPI product serves, on 127.0.0.1, with no real person in it.

Here: synthetic accounts and followers, their rendering in both dialects, keys, quota and rate limit, a
virtual clock. Not here: the client, which must not know that it talks to a fake, and the process that
serves this app. Everything served is a pure function of the seed, the account and the virtual time, so a
test can compute what a walk must return. Nothing is held in memory per follower, but for the accounts of a story.

Entry points: `app.create_app` serves, `population.World` states the expectation, `faults.kinds.KINDS` lists what can go
wrong on purpose, `stories.story.Story` says what can happen to accounts. `accounts` says how a handle, and `control`
how a request, asks for it.
"""
