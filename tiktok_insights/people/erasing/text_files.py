"""Takes a person's names out of text files, such as logs, in place: what writes to one may have it open."""

from pathlib import Path

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.people.finding import Unread


def clean_text_files(place: str, folder: Path, texts: NamedTexts, pattern: str = "**/*") -> Cleaned:
    """Clean every text file below a folder that fits a pattern; a file with NUL bytes is no text, and stays."""
    sources = copies = 0
    unread: list[Unread] = []
    for path in sorted(path for path in folder.glob(pattern) if path.is_file() and path.suffix != ".db"):
        try:
            with path.open("r+", encoding="utf-8", errors="surrogateescape", newline="") as file:
                text = file.read()
                if "\0" in text or (clean := texts.clean(text)) == text:
                    continue
                file.seek(0)
                file.write(clean)
                file.truncate()
        except FileNotFoundError:
            continue
        except OSError as error:
            unread.append(Unread(str(path), f"{error.strerror}; run again as the file's owner"))
            continue
        sources, copies = sources + 1, copies + len(clean.split("[removed]")) - len(text.split("[removed]"))
    return Cleaned(place, sources, copies, tuple(unread))
