"""The demo: 60 days of three made-up accounts, extracted day by day on the fake API's clock, in its own folder.

Here: the story (`story`), how its days are extracted (`days`), where (`folder`), and what came of it (`summary`). Not
here: the command (`cli.demo`), and how the fake API plays a story (`local.fake_api.stories`).
"""
