"""The stages of Spark that have run, as Spark's own status store describes them. Not what they are for."""

from typing import TYPE_CHECKING, Any

from tiktok_insights.staging.glue.exchange import SparkStage

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Stages:
    """The stages that a session's context has run since this was made."""

    def __init__(self, spark: "SparkSession") -> None:
        self._spark = spark
        self._before = {number for number, _ in self._completed()}

    def ran(self) -> tuple[SparkStage, ...]:
        """Those that ended, in the order of their numbers; of one that ran again, the last attempt."""
        found = {number: stage for number, stage in self._completed() if number not in self._before}
        return tuple(
            SparkStage(number, str(stage.name()), int(stage.numTasks()), _seconds(stage))
            for number, stage in sorted(found.items())
        )

    def _completed(self) -> list[tuple[int, Any]]:
        context: Any = self._spark.sparkContext
        doubles = context._gateway.new_array(context._jvm.double, 0)
        stages = context._jsc.sc().statusStore().stageList(None, False, False, doubles, None)
        each = (stages.apply(place) for place in range(stages.size()))
        return [(int(stage.stageId()), stage) for stage in each if stage.completionTime().isDefined()]


def _seconds(stage: Any) -> float:
    """From the first task's start to the end: a stage may wait for another one's tasks before that."""
    begun = stage.firstTaskLaunchedTime()
    begun = begun if begun.isDefined() else stage.submissionTime()
    return float((stage.completionTime().get().getTime() - begun.get().getTime()) / 1000) if begun.isDefined() else 0.0
