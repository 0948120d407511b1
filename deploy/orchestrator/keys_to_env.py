r"""Write the keys of a secret as lines for an env file; the secret, a JSON object, is on standard input.

Runs on the machine's own Python, before any container. Compose reads the lines raw: nothing is quoted or replaced. A
line break is written as \n, which the pipeline reads in SNOWFLAKE_PRIVATE_KEY.
"""

import json
import re
import sys


def env_lines(secret: str) -> "list[str]":
    """Give a line for each key. Raises ValueError; its message has no value."""
    try:
        keys = json.loads(secret)
    except ValueError:
        raise ValueError("The secret is not JSON") from None
    if not isinstance(keys, dict) or not keys:
        raise ValueError("The secret is not a JSON object with keys")
    for name, value in keys.items():
        if not re.fullmatch("[A-Z][A-Z0-9_]*", name) or not isinstance(value, str):
            raise ValueError(f"The secret's key {name!r} is not the name of a variable, or its value is not a text")
    lines = {name: value.strip().replace("\r", "").replace("\n", "\\n") for name, value in keys.items()}
    return [f"{name}={value}" for name, value in lines.items()]


if __name__ == "__main__":
    try:
        sys.stdout.write("".join(f"{line}\n" for line in env_lines(sys.stdin.read())))
    except ValueError as error:
        sys.exit(f'Error: {error}. Store the keys as {{"RAPIDAPI_KEY": "...", "SNOWFLAKE_PRIVATE_KEY": "..."}}.')
