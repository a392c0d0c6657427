# SPDX-License-Identifier: Apache-2.0
# Builds for tests that count the steps of an input (tests/support/work_counter.h): the compiler calls
# a hook at every basic block, and the linker puts counting functions before some of libc's.
if(NOT STICKYD_COUNT_WORK)
  return()
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR NOT STICKYD_BUILD_TESTS)
  message(FATAL_ERROR "STICKYD_COUNT_WORK is for builds that test, never for one that is installed")
endif()
add_library(stickyd_work_counter STATIC ${PROJECT_SOURCE_DIR}/tests/support/work_counter.cc)
target_compile_features(stickyd_work_counter PRIVATE cxx_std_20)
target_compile_definitions(stickyd_work_counter PUBLIC STICKYD_COUNT_WORK)
target_compile_options(stickyd_work_counter PRIVATE -fno-builtin
  INTERFACE -fsanitize-coverage=trace-pc)
set(names __sanitizer_cov_trace_pc memchr memcmp bcmp strlen memcpy memmove memset
  _ZSt11_Hash_bytesPKvmm _Znwm crypto_shorthash)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND names __asan_memcpy __asan_memmove __asan_memset)
endif()
list(TRANSFORM names PREPEND "-Wl,--wrap=")
target_link_options(stickyd_work_counter INTERFACE ${names})
target_link_libraries(stickyd_settings INTERFACE stickyd_work_counter)
