# SPDX-License-Identifier: Apache-2.0
# Writes OUT: DIR/*.md as string literals VAR, by name.
# cmake -DDIR=docs/causes -DVAR=kCausePages -DOUT=file -DNAMES="a;b" -P EmbedPages.cmake
set(text "// Made from pages of docs at build time.\n#pragma once\n\n#include <array>\n#include <string_view>\n#include <utility>\n\n")
string(APPEND text "namespace stickyd {\n\ninline constexpr std::array<std::pair<std::string_view, std::string_view>, ")
list(LENGTH NAMES count)
string(APPEND text "${count}> ${VAR} = {{\n")
foreach(name IN LISTS NAMES)
  file(READ "${DIR}/${name}.md" page)
  string(APPEND text "{\"${name}\", R\"page(${page})page\"},\n")
endforeach()
string(APPEND text "}};\n\n}  // namespace stickyd\n")
file(WRITE "${OUT}" "${text}")
