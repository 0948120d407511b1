"""`tiktok-insights snowflake ...`: what a person needs once, to prepare a Snowflake account."""

from pathlib import Path

import click

from tiktok_insights.cli.commands import Commands
from tiktok_insights.settings.snowflake_names import is_identifier

#: The two keys of a user in Snowflake, and which of them is free while one is in use.
_PROPERTIES = {"1": "RSA_PUBLIC_KEY", "2": "RSA_PUBLIC_KEY_2"}
_OTHER = {None: "1", "1": "2", "2": "1"}


@click.group(cls=Commands)
def snowflake() -> None:
    """Prepare a Snowflake account.

    "Prepare Snowflake" in docs/how_to says how the key and deploy/snowflake/setup.sql go together.
    """


@snowflake.command()
@click.option(
    "--output",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder for both files; by default the working directory.",
)
@click.option(
    "--user",
    default="TIKTOK_SERVICE",
    show_default=True,
    callback=lambda _context, _option, name: _identifier(name),
    help="The user to name in the statement.",
)
@click.option("--encrypt", is_flag=True, help="Ask for a passphrase, and encrypt the private key with it.")
@click.option(
    "--replaces",
    type=click.Choice(["1", "2"]),
    default=None,
    help="The key in use, which the new one is to replace. A user has two; both are valid until you remove one.",
)
def keys(output: Path, user: str, replaces: str | None, *, encrypt: bool) -> None:
    """Make a key pair for a user in Snowflake.

    Writes snowflake_key.p8, the private key, which only you may read, and snowflake_key.pub, the public key. Prints the
    statement that gives it to the user. Nothing is sent anywhere.

    To replace a key without a pause, give the user a second one: with --replaces 1, the new key is the user's second,
    and the next time, with --replaces 2, the first again. Prints the statement that removes the old key, too.

    \b
    Examples:
        tiktok-insights snowflake keys
        tiktok-insights snowflake keys --replaces 1 --output new_key
        tiktok-insights snowflake keys --user ETL_USER
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.settings.key_pair import new_key_pair, write_key_pair

    pair = new_key_pair(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if encrypt else "")
    private, public = output / "snowflake_key.p8", output / "snowflake_key.pub"
    write_key_pair(pair, private, public)
    click.echo(
        f"The private key is {private.absolute()}. Set SNOWFLAKE_PRIVATE_KEY to its text, and share it with no one."
    )
    if encrypt:
        click.echo("Set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE to the passphrase.")
    click.echo(f"The public key is {public.absolute()}.")
    as_well = "" if replaces else "; deploy/snowflake/setup.sql does so, too"
    click.echo(f"\nGive it to the user in Snowflake{as_well}:\n")
    click.echo(f"ALTER USER {user} SET {_PROPERTIES[_OTHER[replaces]]} = '{pair.public}';")
    if replaces:
        click.echo("\nOnce the pipeline signs in with it, remove the old key:\n")
        click.echo(f"ALTER USER {user} UNSET {_PROPERTIES[replaces]};")


def _identifier(name: str) -> str:
    """An identifier as Snowflake stores it."""
    if not is_identifier(name):
        raise click.BadParameter("A name has letters, digits, _ and $, and begins with a letter or _.")
    return name.upper()
