#include "flags/evaluation.hpp"

namespace qd::flags {

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::is_static:
            return "STATIC";
        case Reason::fallback:
            return "DEFAULT";
        case Reason::targeting_match:
            return "TARGETING_MATCH";
        case Reason::split:
            return "SPLIT";
        case Reason::disabled:
            return "DISABLED";
        case Reason::error:
            break;
    }
    return "ERROR";
}

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::flag_not_found:
            return "FLAG_NOT_FOUND";
        case ErrorCode::type_mismatch:
            return "TYPE_MISMATCH";
        case ErrorCode::targeting_key_missing:
            return "TARGETING_KEY_MISSING";
        case ErrorCode::provider_not_ready:
            break;
    }
    return "PROVIDER_NOT_READY";
}

}  // namespace qd::flags
