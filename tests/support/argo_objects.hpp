#pragma once
// Objects as Argo Rollouts' controller leaves them, one of every phase (tests/data/argo).

#include <QtGlobal>
#include <nlohmann/json.hpp>

#include "core/files.hpp"

namespace qd::test {

inline nlohmann::json argoObject(const std::string& name) {
    const auto text = core::read_file(std::string(ARGO_OBJECTS) + "/" + name + ".json");
    if (!text) qFatal("%s", text.error().message.c_str());
    return nlohmann::json::parse(*text);
}

}  // namespace qd::test
