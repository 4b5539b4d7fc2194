"""A run on Spark gives the bytes of a run here, and Spark reads its tables."""

import subprocess
import sys
from pathlib import Path

from tests.population.exports import little_treated, run, treated, write_export
from tests.population.test_run import contents

READ = """
import sys
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
builder = builder.config("spark.driver.host", "127.0.0.1")
spark = builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
table = spark.read.parquet(sys.argv[1])
print(table.columns)
print(sorted(tuple(row) for row in table.groupBy("outcome").count().collect()))
spark.stop()
"""


def test_spark_gives_the_same_bytes_and_reads_them(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    assert run(source, tmp_path / "here").exit_code == 0
    (tmp_path / "spark.key").write_bytes((tmp_path / "key").read_bytes())
    command = [sys.executable, "-m", "cds_service", "population", "run", str(source)]
    command += ["--out", str(tmp_path / "spark"), "--engine", "spark", "--master", "local[2]"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "spark") == contents(tmp_path / "here")
    outcomes = str(tmp_path / "spark" / "outcomes")
    read = [sys.executable, "-c", READ, outcomes]
    shown = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    assert shown.splitlines() == [
        (
            "['referral', 'patient', 'date', 'criteria', 'revision', 'outcome', 'because',"
            " 'by_criterion', 'flags', 'readings', 'lost_references']"
        ),
        "[('met', 1), ('not_met', 1)]",
    ]


def test_a_master_without_spark_is_a_wrong_call(tmp_path: Path) -> None:
    result = run(tmp_path, tmp_path / "out", "--master", "local[2]")
    assert result.exit_code == 2
    assert "needs --engine spark" in result.stderr
