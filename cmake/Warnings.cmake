# SPDX-License-Identifier: Apache-2.0
# Warnings for our own code, as one INTERFACE target.
add_library(stickyd_warnings INTERFACE)
if(CMAKE_UNITY_BUILD)
  # Some warnings are about what files do to each other there; all other builds warn.
  target_compile_options(stickyd_warnings INTERFACE -w)
  return()
endif()
target_compile_options(stickyd_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps in std::string's own code (its bug 105651).
  target_compile_options(stickyd_warnings INTERFACE -Wno-restrict)
endif()
if(STICKYD_WERROR)
  target_compile_options(stickyd_warnings INTERFACE -Werror)
endif()
