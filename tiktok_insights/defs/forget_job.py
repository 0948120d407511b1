"""The job that removes a person, for people who work in the UI. What it does is in `people.forget`."""

from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.jobs import RETRIED
from tiktok_insights.progress import ProgressReporter

if TYPE_CHECKING:
    from tiktok_insights.settings.environment import Settings


class ForgetConfig(dg.Config):
    """Who is to be removed. The removal takes the name out of the run's own record, too, unless the run fails."""

    reference: str = Field(description="The ID, handle or secUid of the user, or of the account.")
    is_account: bool = Field(
        default=False,
        description="True for an account that was followed by mistake: it and all that only it led to is removed.",
    )


def forget_job(settings: "Settings") -> dg.JobDefinition:
    """Make the job for one deployment."""

    @dg.op(out=dg.Out(dg.Nothing))
    def forget(
        context: dg.OpExecutionContext, config: ForgetConfig, progress: dg.ResourceParam[ProgressReporter]
    ) -> None:
        """Remove a person or an account everywhere, search again, and write the receipt."""
        from tiktok_insights.people.forget import forget as forget_person
        from tiktok_insights.people.forget_account import forget_account
        from tiktok_insights.people.receipt import write_receipt
        from tiktok_insights.people.receipt_text import receipt_text
        from tiktok_insights.resources.forgetting import account_of, open_reach

        reach = open_reach(settings, progress, context.log)
        if config.is_account:
            receipt = forget_account(reach, account_of(settings, reach, config.reference))
        else:
            receipt = forget_person(reach, config.reference)
        text = receipt_text(receipt)
        path, _ = write_receipt(receipt, text, settings.home / "receipts", reach.suppression.seal)
        context.log.info("%s", text)
        if not receipt.is_complete:
            msg = f"Something is left or could not be read. {path} says where. Repair it, and run the job again."
            raise dg.Failure(msg)

    @dg.job(
        name="forget_person",
        tags=RETRIED,
        description="Removes a person from everything, and keeps them out. Enter who it is in the Launchpad. This "
        "cannot be undone. The log has the receipt, which is also in the folder receipts of TIKTOK_INSIGHTS_HOME.",
    )
    def forget_person_job() -> None:
        forget()

    return forget_person_job
