# SPDX-License-Identifier: Apache-2.0
"""changes_polars.py FORMAT FILE THREADS: changes.awk as a window function, in Polars."""
import os
import sys

format_name, file, threads = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads
import polars as pl  # reads the variable when it is imported

# The number of the request tells the order: CLF's clock has seconds.
if format_name == "json":
    names = {"ClientHost": "client", "ServiceName": "service", "ServiceURL": "server", "RequestCount": "seen"}
    log = pl.scan_ndjson(file, schema=dict.fromkeys(names, pl.String) | {"RequestCount": pl.Int64}).rename(names)
else:
    names = ("client dash name time zone request status size referer agent seen service server duration").split()
    schema = dict.fromkeys(names, pl.String) | {"seen": pl.Int64}
    log = pl.scan_csv(file, separator=" ", has_header=False, schema=schema)
changed = pl.col("server") != pl.col("server").shift().over("client", "service", order_by="seen")
result = (log.filter(pl.col("server") != "").select("service", changed=changed)
          .group_by("service").agg(pl.col("changed").sum()).sort("service").collect())
for service, changes in result.iter_rows():
    print(service, changes)
