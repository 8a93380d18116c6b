#pragma once
// What a fuzz target defines: the function libFuzzer calls, and seeds that are valid inputs.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace qd::fuzz {

std::vector<std::string> seeds();

}  // namespace qd::fuzz
