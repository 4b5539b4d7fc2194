"""The steps of a run on Apache Spark, in place of processes of this machine.

A step is the same function there as here and leaves the same files, so the rows are identical.
Input and output must lie where each executor sees them under the same path.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import islice

from pyspark import SparkConf, SparkContext

from cds_service.population.run import EachDone, Engine, Run, Step, do_step

_STEPS_AT_ONCE = 4  # per core, between two signs of progress


@contextmanager
def on_spark(master: str) -> Iterator[Engine]:
    """A way to do steps on the Spark at `master`: `local[2]`, `spark://host:7077`."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf().setMaster(master).setAppName("imsr-cds population")
    conf.set("spark.ui.enabled", "false").set("spark.ui.showConsoleProgress", "false")
    conf.set("spark.log.level", "ERROR")
    if master.startswith("local"):
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    with SparkContext(conf=conf) as context:
        yield lambda run: nullcontext(_each_done(context, replace(run)))


def _each_done(context: SparkContext, run: Run) -> EachDone:
    def there(step: Step, numbers: Iterable[int]) -> Iterator[None]:
        left = iter(numbers)
        while part := list(islice(left, context.defaultParallelism * _STEPS_AT_ONCE)):
            done = context.parallelize(part, len(part)).map(lambda each: do_step(run, step, each))
            for _ in done.collect():
                yield

    return there
