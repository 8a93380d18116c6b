# How a folder of tests becomes a program.
#
# Each tst_*.cpp is one Qt Test class with a main of its own. What a test includes takes most of its compile time, and
# the tests of a folder include the same: they are compiled in batches and linked to one program, tests/tests_<room>, that
# runs the one it is told: `build/release/tests/tests_player tst_abr [arguments of Qt Test]`. To ctest each is a test by
# itself, in a process of its own.

# All tests but the integration tests, and no program that none of them starts.
add_custom_target(unit_tests)

# A batch: what the sources include, then each source in a namespace named after it, so that equal names of helpers do
# not meet (headers are read once, so that the includes within are empty). A source that adds to another namespace
# cannot be wrapped: it is a batch by itself.
function(qd_test_batch file sources)
  set(includes)
  set(bodies)
  list(LENGTH sources count)
  foreach(source IN LISTS sources)
    get_filename_component(unit ${source} NAME_WE)
    file(STRINGS ${source} lines REGEX "^#include [<\"]")
    list(FILTER lines EXCLUDE REGEX "\\.moc\"")
    list(APPEND includes ${lines})
    qd_is_apart(${source} apart)
    file(RELATIVE_PATH source ${CMAKE_CURRENT_BINARY_DIR} ${source})
    if(apart)
      string(APPEND bodies "#define main ${unit}_main\n#include \"${source}\"\n#undef main\n")
    else()
      string(APPEND bodies "namespace ${unit} {\n#include \"${source}\"\n}\n"
        "int ${unit}_main(int argc, char** argv) { return ${unit}::main(argc, argv); }\n")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES includes)
  list(JOIN includes "\n" includes)
  file(CONFIGURE OUTPUT ${file} CONTENT "${includes}\n${bodies}" @ONLY)
endfunction()

function(qd_is_apart source result)
  file(STRINGS ${source} foreign REGEX "^(namespace [a-z]|template ?<>|Q_DECLARE_METATYPE|void.* operator )")
  if(foreign)
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

# qd_tests(<room> [GUI] [LINK <targets>...] [STARTS <programs>...])
# Makes the target tests_<room>. STARTS: what the tests run. All programs share one precompiled Qt Test, but those with
# widgets (GUI), which Qt's headers are told of: to precompile for these few takes longer than to read them.
function(qd_tests room)
  cmake_parse_arguments(ARG "GUI" "" "LINK;STARTS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/tst_*.cpp)
  set(program tests_${room})
  set(size 1)
  if(QUARTERDECK_UNITY)
    set(size 8)
  endif()

  set(generated)
  set(batch)
  set(mains)
  set(table)
  set(number 0)
  foreach(source IN LISTS sources)
    get_filename_component(unit ${source} NAME_WE)
    # moc by itself: AUTOMOC's own process for each of so many sources takes longer than moc does.
    qt_generate_moc(${source} ${CMAKE_CURRENT_BINARY_DIR}/moc/${unit}.moc)
    list(APPEND generated ${CMAKE_CURRENT_BINARY_DIR}/moc/${unit}.moc)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    string(APPEND mains "int ${unit}_main(int, char**);\n")
    string(APPEND table "    {\"${unit}\", ${unit}_main},\n")
    qd_is_apart(${source} apart)
    if(apart)
      qd_test_batch(${CMAKE_CURRENT_BINARY_DIR}/${unit}.cpp "${source}")
      list(APPEND generated ${CMAKE_CURRENT_BINARY_DIR}/${unit}.cpp)
      continue()
    endif()
    list(APPEND batch ${source})
    list(LENGTH batch length)
    if(length EQUAL size)
      qd_test_batch(${CMAKE_CURRENT_BINARY_DIR}/batch_${number}.cpp "${batch}")
      list(APPEND generated ${CMAKE_CURRENT_BINARY_DIR}/batch_${number}.cpp)
      set(batch)
      math(EXPR number "${number} + 1")
    endif()
  endforeach()
  if(batch)
    qd_test_batch(${CMAKE_CURRENT_BINARY_DIR}/batch_${number}.cpp "${batch}")
    list(APPEND generated ${CMAKE_CURRENT_BINARY_DIR}/batch_${number}.cpp)
  endif()
  set(QD_TEST_MAINS "${mains}")
  set(QD_TEST_TABLE "${table}")
  configure_file(${PROJECT_SOURCE_DIR}/tests/main.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/main.cpp @ONLY)

  add_executable(${program} ${generated} ${CMAKE_CURRENT_BINARY_DIR}/main.cpp)
  set_target_properties(${program} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${program} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/moc ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${program} PRIVATE Qt6::Test qd_test_support ${ARG_LINK})
  # What is included is taken for a header, where anonymous types would be a fault.
  target_compile_options(${program} PRIVATE ${QUARTERDECK_TEST_OPTIONS} -Wno-subobject-linkage)
  if(TARGET qd::${room})
    target_link_libraries(${program} PRIVATE qd::${room})
  endif()
  set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(NOT ARG_GUI)
    target_precompile_headers(${program} REUSE_FROM qd_test_headers)
  endif()
  foreach(started IN LISTS ARG_STARTS)
    if(TARGET ${started})  # a sanitizer's preset has no console
      add_dependencies(${program} ${started})
    endif()
  endforeach()
  if(NOT room STREQUAL integration)
    add_dependencies(unit_tests ${program})
  endif()
  foreach(source IN LISTS sources)
    get_filename_component(unit ${source} NAME_WE)
    add_test(NAME ${room}.${unit} COMMAND ${program} ${unit})
    set_tests_properties(${room}.${unit} PROPERTIES TIMEOUT 120 LABELS ${room}
      ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;QUARTERDECK_BIN=${CMAKE_BINARY_DIR}/bin;QUARTERDECK_PEERS=${PROJECT_SOURCE_DIR}/build/peers")
  endforeach()
endfunction()
