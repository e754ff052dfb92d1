# Run at build time: writes a C++ file that holds each of FILES as a raw string, in NAME(), sorted by file name.
set(text "#include \"${NAME}_embedded.hpp\"\nnamespace moot::embedded {\nnamespace {\nconstexpr File files[] = {\n")
list(SORT FILES)
foreach(file IN LISTS FILES)
  get_filename_component(short "${file}" NAME)
  file(READ "${file}" content)
  # A raw string may hold at most 16 KiB by the standard's minimum; clang and gcc take far more.
  string(APPEND text "  {\"${short}\", R\"moot~(${content})moot~\"},\n")
endforeach()
string(APPEND text "};\n}\nstd::span<const File> ${NAME}() { return files; }\n}\n")
file(WRITE "${OUT}" "${text}")
