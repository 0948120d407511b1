"""Where the fake API misbehaves on purpose.

Here: everything that is not the honest answer. Not here: the refusals that an honest API gives (`limits`,
`endpoints`), and the honest answers, which know nothing of this package; so what a fault-free walk returns stays
`World.listed` of the same account.

A fault is a small value (`fault.Fault`): a kind out of the table `kinds.KINDS`, and a schedule of the requests it
strikes. An account carries one in its handle (grammar: `accounts`), or it is posted to the control endpoint
(`control`). `book.FaultBook` decides what strikes a request; at most one fault does. The change itself is a pure
function from the honest document to a reply.
"""
