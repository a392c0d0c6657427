# SPDX-License-Identifier: Apache-2.0
# changes.awk on what jq prints: address, service, server.
{
  if ($1 in last && last[$1] != $3) changes[$2]++
  last[$1] = $3
}
END { for (service in changes) print service, changes[service] }
