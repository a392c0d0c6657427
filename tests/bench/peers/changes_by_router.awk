# SPDX-License-Identifier: Apache-2.0
# changes.awk, not fooled by somebody who uses two services: per client address and router.
{
  key = $1 " " $(NF - 2)
  if (key in last && last[key] != $(NF - 1)) changes[$(NF - 2)]++
  last[key] = $(NF - 1)
}
END { for (router in changes) print router, changes[router] }
