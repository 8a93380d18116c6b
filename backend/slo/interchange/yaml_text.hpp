#pragma once
// Values as YAML that YAML 1.1 and 1.2 readers (yaml-cpp, Go) read alike.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace qd::slo::interchange {

/// Block style, keys in the order of `document`; text that could be taken for something else is quoted. Bytes
/// that are no UTF-8 become U+FFFD. Ends with a newline.
std::string to_yaml(const nlohmann::ordered_json& document);

}  // namespace qd::slo::interchange
