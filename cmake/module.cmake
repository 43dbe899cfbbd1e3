# module(sync USES index wbxml LIBRARIES ICU::uc): the folder src/sync as a library. Its own headers and those of the modules
# that it names are on its include path, nothing else: an include that breaks the layering does not compile.
# With GODWIT_UNITY (every preset but `lint`) its files are compiled ten at a time: a clean build takes a third of the time.
# So no two files of a room may give two things one name, not even where only they see it. `./dev lint` reads each alone.
# Files that end in _test.cpp become the test program sync_test; TEST_USES names what only the tests may see.
function(module name)
  cmake_parse_arguments(M "" "" "USES;LIBRARIES;TEST_USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS src/${name}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS src/${name}/*_test.cpp)
  list(REMOVE_ITEM sources ${tests})
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(root ${CMAKE_BINARY_DIR}/roots/${name})
  file(MAKE_DIRECTORY ${root} ${CMAKE_SOURCE_DIR}/src/${name})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${name} ${root}/${name} SYMBOLIC)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${root})
    target_link_libraries(${name} PRIVATE ${M_USES} PUBLIC ${M_LIBRARIES})
    if(GODWIT_UNITY)
      set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${root})
    target_link_libraries(${name} INTERFACE ${M_LIBRARIES})
  endif()
  if(tests AND BUILD_TESTING AND NOT GODWIT_FUZZ)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} ${M_USES} ${M_TEST_USES} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE GODWIT_SHARED="${CMAKE_SOURCE_DIR}/../shared"
                               GODWIT_SOURCE="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
  endif()
endfunction()

# fuzz_target(wbxml USES wbxml eas): tests/fuzz/wbxml.cpp as a libFuzzer program; its seeds lie in tests/fuzz/corpus/wbxml.
function(fuzz_target name)
  cmake_parse_arguments(F "" "" "USES" ${ARGN})
  if(GODWIT_FUZZ)
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers) # what `./dev fuzz` builds: the targets and what they need, nothing else
    endif()
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.cpp)
    target_link_libraries(fuzz_${name} PRIVATE ${F_USES})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${name})
  endif()
endfunction()
