"""Accounts whose followers come and go by a script, with a truth that tests can ask for.

Here: what a story says (`story`), who follows whom when (`course`, `told_list`), what happens to people (`lives`), and
what is true at a moment (`truth`). Not here: accounts made of slots (`follow_list`), and HTTP (`control`). A story is
made from the seed once, and is then a function of the virtual time: any moment can be asked about, in any order. Unlike
the other accounts, its accounts take memory for each of their followers.
"""
