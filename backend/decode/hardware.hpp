#pragma once
// The machine's video decoding hardware, opened once for the whole program.

#include <string>

#include "media/ff.hpp"

namespace qd::decode {

struct Hardware {
    AVBufferRef* device = nullptr;  // lives as long as the program; null: there is none
    std::string reason;             // then: why
};

/// VA-API's default device. Thread-safe; the first call asks the driver, and may take some milliseconds.
const Hardware& hardware();

}  // namespace qd::decode
