"""The project with one fault: each mutant changes one file, and names the gate that must catch it.

Add a mutant when a fault of the project's files comes to mind. One that no gate catches is a hole: close it in the
gate, with its whole kind. What only a comparison with the code finds belongs here only if no bug could write it.
"""
