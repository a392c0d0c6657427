# SPDX-License-Identifier: Apache-2.0
"""changes_duckdb.py FORMAT FILE THREADS: changes.awk as a window function, in DuckDB."""
import sys

import duckdb

SOURCES = {
    "json": """SELECT ClientHost AS client, ServiceName AS service, ServiceURL AS server, StartUTC AS seen
        FROM read_json('{file}', format='newline_delimited', columns={{ClientHost: 'VARCHAR',
            ServiceName: 'VARCHAR', ServiceURL: 'VARCHAR', StartUTC: 'TIMESTAMP_NS'}})""",
    # CLF's clock has seconds: the number of the request tells the order.
    "clf": """SELECT client, router AS service, server, number AS seen
        FROM read_csv('{file}', delim=' ', quote='"', escape='\\', header=false, auto_detect=false,
            columns={{client: 'VARCHAR', dash: 'VARCHAR', name: 'VARCHAR', time: 'VARCHAR',
                zone: 'VARCHAR', request: 'VARCHAR', status: 'VARCHAR', size: 'VARCHAR',
                referer: 'VARCHAR', agent: 'VARCHAR', number: 'BIGINT', router: 'VARCHAR',
                server: 'VARCHAR', duration: 'VARCHAR'}})""",
}

format_name, file, threads = sys.argv[1:]
connection = duckdb.connect(config={"threads": int(threads)})
for service, changes in connection.execute(f"""
    SELECT service, count(*) FILTER (WHERE before <> server) FROM (
        SELECT service, server, lag(server) OVER (PARTITION BY client, service ORDER BY seen) AS before
        FROM ({SOURCES[format_name].format(file=file)}) WHERE server <> '')
    GROUP BY service ORDER BY service""").fetchall():
    print(service, changes)
