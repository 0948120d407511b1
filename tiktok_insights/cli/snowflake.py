"""`tiktok-insights snowflake ...`: what a person needs once, to prepare a Snowflake account."""

from pathlib import Path

import click

from tiktok_insights.cli.commands import Commands
from tiktok_insights.settings.snowflake_names import is_identifier


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
def keys(output: Path, user: str, *, encrypt: bool) -> None:
    """Make a key pair for a user in Snowflake.

    Writes snowflake_key.p8, the private key, which only you may read, and snowflake_key.pub, the public key. Prints the
    statement that gives it to the user. Nothing is sent anywhere.

    \b
    Examples:
        tiktok-insights snowflake keys
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
    click.echo("\nGive it to the user in Snowflake; deploy/snowflake/setup.sql does so, too:\n")
    click.echo(f"ALTER USER {user} SET RSA_PUBLIC_KEY = '{pair.public}';")


def _identifier(name: str) -> str:
    """An identifier as Snowflake stores it."""
    if not is_identifier(name):
        raise click.BadParameter("A name has letters, digits, _ and $, and begins with a letter or _.")
    return name.upper()
