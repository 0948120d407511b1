"""`python -m docs.generate`: writes every generated document over the one that is there."""

from docs.generate.documents import GENERATED, ROOT

for path, text in GENERATED.items():
    (ROOT / path).write_text(text(), encoding="utf-8")
