# SPDX-License-Identifier: Apache-2.0
# The script somebody writes in five minutes: per client address, did the server change?
# CLF: the first field is the address, the last three are router, server and duration.
{
  if ($1 in last && last[$1] != $(NF - 1)) changes[$(NF - 2)]++
  last[$1] = $(NF - 1)
}
END { for (router in changes) print router, changes[router] }
