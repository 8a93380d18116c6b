# How a room becomes a library, a program or a test. A room is a folder: every .cpp in it but main.cpp
# belongs to its library, so adding a file needs no edit here.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Most rooms translate and compose: beyond -O1 they take twice as long to compile and run no faster. HOT rooms (see
# qd_library) are compiled at -O3.
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")
# What was compiled before is not compiled again, in another folder neither: paths are taken relative to the project,
# headers as the compiler lists them, without running the preprocessor first.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()

# A room's sources share most of what they include: together they compile in a third of the time. Batches name their
# sources relative to themselves (CMake's own do not), so that they are the same in every folder.
option(QUARTERDECK_UNITY "Compile sources in batches" OFF)
set(QUARTERDECK_APART "" CACHE STRING "Rooms whose sources compile one by one all the same: those being worked on")
function(qd_batch target)
  string(REGEX REPLACE "^qd_" "" room ${target})
  if(NOT QUARTERDECK_UNITY OR room IN_LIST QUARTERDECK_APART)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  set_source_files_properties(${sources} PROPERTIES HEADER_FILE_ONLY ON)
  set(text)
  set(number 0)
  set(length 0)
  foreach(source IN LISTS sources)
    file(RELATIVE_PATH source ${CMAKE_CURRENT_BINARY_DIR} ${source})
    string(APPEND text "#include \"${source}\"\n")
    math(EXPR length "${length} + 1")
    if(length EQUAL 12)
      qd_write_batch()
    endif()
  endforeach()
  qd_write_batch()
endfunction()
macro(qd_write_batch)
  if(text)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}_${number}.cpp CONTENT "${text}" @ONLY)
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${target}_${number}.cpp)
    set(text)
    set(length 0)
    math(EXPR number "${number} + 1")
  endif()
endmacro()

set(QUARTERDECK_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

add_library(quarterdeck_options INTERFACE)
# GCC collects its garbage from 128 MB on. A batch needs a gigabyte: collecting less often saves a tenth of the time.
add_compile_options("$<$<CXX_COMPILER_ID:GNU>:SHELL:--param ggc-min-heapsize=524288>")
target_compile_options(quarterdeck_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wno-missing-field-initializers  # designated initialisers leave out what has a default
  # Optimising "text" + std::string, GCC 12 sees overlaps in libstdc++ that cannot be (its bugs 105329 and 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<BOOL:${QUARTERDECK_WERROR}>:-Werror>)
if(QUARTERDECK_SANITIZE)
  # Undefined behaviour ends the program: a test cannot pass with it.
  target_compile_options(quarterdeck_options INTERFACE
    -fsanitize=${QUARTERDECK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(QUARTERDECK_SANITIZE MATCHES undefined)
    # These take most of the compile time, and the address sanitizer stops at what they find (null pointers, objects
    # that are not there).
    target_compile_options(quarterdeck_options INTERFACE -fno-sanitize=null,alignment,vptr,object-size)
  endif()
  target_link_options(quarterdeck_options INTERFACE -fsanitize=${QUARTERDECK_SANITIZE})
  if(QUARTERDECK_SANITIZE MATCHES thread)
    # GCC's thread sanitizer does not model fences.
    target_compile_definitions(quarterdeck_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
    target_compile_options(quarterdeck_options INTERFACE -Wno-tsan)
  endif()
endif()

# qd_library(<room> [HOT] [DEPENDS <rooms>...] [LINK <targets>...] [FOLDERS <subfolders>...])
# HOT: it carries requests, samples, frames or long journals. FOLDERS are folders below the room whose sources belong
# to the same library.
function(qd_library room)
  cmake_parse_arguments(ARG "HOT" "" "DEPENDS;LINK;FOLDERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  foreach(folder IN LISTS ARG_FOLDERS)
    file(GLOB more CONFIGURE_DEPENDS
      ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.hpp)
    list(APPEND sources ${more})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(qd_${room} ${sources})
  if(ARG_HOT)
    target_compile_options(qd_${room} PRIVATE $<$<CONFIG:Release>:-O3>)
  endif()
  set_target_properties(qd_${room} PROPERTIES LINKER_LANGUAGE CXX)
  qd_batch(qd_${room})
  add_library(qd::${room} ALIAS qd_${room})
  target_include_directories(qd_${room} PUBLIC ${PROJECT_SOURCE_DIR}/backend)
  target_link_libraries(qd_${room} PUBLIC quarterdeck_options ${ARG_LINK})
  foreach(dependency IN LISTS ARG_DEPENDS)
    target_link_libraries(qd_${room} PUBLIC qd::${dependency})
  endforeach()
endfunction()

# qd_program(<name> <room>): main.cpp of the room becomes the program <name> in bin/.
# All of them together are the target `programs`: what a user runs.
add_custom_target(programs)
function(qd_program name room)
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE qd::${room})
  add_dependencies(programs ${name})
endfunction()
