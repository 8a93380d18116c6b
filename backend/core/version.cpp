#include <string_view>

namespace qd::core {

std::string_view version() {
    return QUARTERDECK_VERSION;
}

}  // namespace qd::core
