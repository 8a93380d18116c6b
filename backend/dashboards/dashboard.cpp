#include "dashboards/dashboard.hpp"

#include <algorithm>
#include <iterator>

namespace qd::dashboards {
namespace {

constexpr std::string_view roles[] = {"on-call", "release-manager", "business", "other"};
constexpr std::string_view kinds[] = {"chart", "stat", "slo", "slos", "text", "alerts", "rollouts"};
constexpr std::string_view units[] = {"count",      "ratio",      "percent", "seconds",
                                      "per_second", "per_minute", "bytes",   "bytes_per_second"};

template <class Word, std::size_t n>
std::optional<Word> word_of(const std::string_view (&words)[n], std::string_view text) {
    const auto at = std::find(std::begin(words), std::end(words), text);
    if (at == std::end(words)) return std::nullopt;
    return Word(at - std::begin(words));
}

}  // namespace

std::string_view to_string(Role role) {
    return roles[std::size_t(role)];
}
std::string_view to_string(PanelKind kind) {
    return kinds[std::size_t(kind)];
}
std::string_view to_string(Unit unit) {
    return units[std::size_t(unit)];
}
std::optional<Role> parse_role(std::string_view text) {
    return word_of<Role>(roles, text);
}
std::optional<PanelKind> parse_panel_kind(std::string_view text) {
    return word_of<PanelKind>(kinds, text);
}
std::optional<Unit> parse_unit(std::string_view text) {
    return word_of<Unit>(units, text);
}

}  // namespace qd::dashboards
