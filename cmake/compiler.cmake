# The one place for compiler flags. GCC below 14 miscompiles ordinary coroutines (freed twice), so it is refused.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines: build with clang 19 (./dev build).")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual -Werror
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
# Asio and Beast are compiled once, in net/asio.cpp, not in every file that includes them.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)
# A room at a time (GODWIT_UNITY) the names of all its files are in sight of each other's: there this is no mistake.
if(NOT GODWIT_UNITY)
  add_compile_options(-Wshadow)
endif()
add_link_options(-fuse-ld=lld)
# Asio hands a freed coroutine frame to the next that fits into it, however small that one is: ten thousand held polls
# would each sit in blocks twice their size. malloc's own cache is as quick.
if(NOT GODWIT_SANITIZE AND NOT GODWIT_FUZZ)
  add_compile_definitions(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING)
endif()

if(GODWIT_SANITIZE)
  add_compile_options(-fsanitize=${GODWIT_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GODWIT_SANITIZE})
  # Tests run with sanitizers: there every answer is checked against the schema, and a wrong one ends the program.
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/command/dispatch.cpp PROPERTIES
                              COMPILE_DEFINITIONS GODWIT_CHECK_ANSWERS)
endif()
if(GODWIT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
