#pragma once
// Exit codes of what plays titles.

#include "core/exit_code.hpp"

namespace qd::viewers {

/// A title that is not there is as far out of reach as one whose server is down.
inline core::ExitCode exit_code(const core::Error& error) {
    return error.code == core::Errc::not_found ? core::ExitCode::unavailable : core::exit_code(error.code);
}

}  // namespace qd::viewers
