#include "status/audience.hpp"

#include <algorithm>
#include <array>

namespace qd::status {
namespace {
constexpr std::array names{responders, stakeholders, customers};
}

std::span<const std::string_view> audience_names() {
    return names;
}

bool is_audience(std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string_view title_of(std::string_view audience) {
    if (audience == responders) return "Responders";
    if (audience == stakeholders) return "Stakeholders and executives";
    return "Customers";
}

}  // namespace qd::status
