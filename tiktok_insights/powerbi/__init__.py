"""The Power BI project: a semantic model and a report as text files, made from the contract, the marts and the pages.

Data flow: `model` (tables, measures, relationships) and `report` (pages, visuals) -> texts (TMDL, M, JSON) -> `project`
(the files below powerbi/, which are committed). `check` compares the model with a warehouse, `service` refreshes it in
the Power BI service. Which numbers there are belongs in the marts; what a page shows, in `dashboard.description`.
"""
