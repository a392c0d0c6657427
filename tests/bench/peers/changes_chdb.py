# SPDX-License-Identifier: Apache-2.0
"""changes_chdb.py FORMAT FILE THREADS: changes.awk as a window function, in chDB (ClickHouse)."""
import sys

import chdb

SOURCES = {
    # Half the time that JSONEachRow takes. The number of the request tells the order.
    "json": """SELECT simpleJSONExtractString(line, 'ClientHost') AS client,
            simpleJSONExtractString(line, 'ServiceName') AS service,
            simpleJSONExtractString(line, 'ServiceURL') AS server, simpleJSONExtractUInt(line, 'RequestCount') AS seen
        FROM file('{file}', 'LineAsString')""",
    "clf": """SELECT client, router AS service, server, number AS seen
        FROM file('{file}', 'CustomSeparated', 'client String, dash String, name String, time String, zone String,
            request String, status String, size String, referer String, agent String, number UInt64,
            router String, server String, duration String')""",
}

format_name, file, threads = sys.argv[1:]
print(chdb.query(f"""
    SELECT service, countIf(before != '' AND before != server) FROM (
        SELECT service, server, lagInFrame(server) OVER (PARTITION BY client, service ORDER BY seen) AS before
        FROM ({SOURCES[format_name].format(file=file)}) WHERE server != '')
    GROUP BY service ORDER BY service
    SETTINGS max_threads = {threads}, format_custom_field_delimiter = ' ', format_custom_escaping_rule = 'CSV'
    """), end="")
