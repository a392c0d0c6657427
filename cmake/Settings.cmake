# SPDX-License-Identifier: Apache-2.0
# Language, build type and sanitizers, as one INTERFACE target that every library links.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_EXTENSIONS OFF)

include(CheckCXXCompilerFlag)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(stickyd_settings INTERFACE)
target_compile_features(stickyd_settings INTERFACE cxx_std_20)
target_include_directories(stickyd_settings INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_options(stickyd_settings INTERFACE -fno-omit-frame-pointer)
# An empty optional, an index out of range: stop at once. Not in the release, where it takes 2 % more
# instructions per line (callgrind, 60,000 lines of JSON and of CLF).
target_compile_definitions(stickyd_settings INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(STICKYD_SANITIZE)
  # vptr opens a pipe to see whether memory can be read, and takes it for a broken object where a
  # test has used up all descriptors.
  target_compile_options(stickyd_settings INTERFACE
    -fsanitize=${STICKYD_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all)
  target_link_options(stickyd_settings INTERFACE -fsanitize=${STICKYD_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  # What Debian builds its own packages with.
  target_compile_options(stickyd_settings INTERFACE
    -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE)
  target_link_options(stickyd_settings INTERFACE -pie -Wl,-z,relro,-z,now)
  # -O2 is as fast as -O3 here, and smaller. GCC would clear a record with `rep stos`, which takes
  # longer to start than libc's memset takes in all.
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
  # The program does not say where it was built.
  target_compile_options(stickyd_settings INTERFACE
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=.)
  check_cxx_compiler_flag(-mstringop-strategy=libcall STICKYD_HAS_STRINGOP_STRATEGY)
  if(STICKYD_HAS_STRINGOP_STRATEGY)
    target_compile_options(stickyd_settings INTERFACE -mstringop-strategy=libcall)
  endif()
endif()
if(STICKYD_MUTATION)
  target_compile_definitions(stickyd_settings INTERFACE STICKYD_MUTATION)
endif()
if(STICKYD_LIBFUZZER)
  target_compile_options(stickyd_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
