#include "opsd/router_settings.hpp"

#include <set>

namespace qd::opsd {
namespace {

constexpr std::size_t most_routers = 16;  // each is sampled by a thread

}  // namespace

std::vector<haproxy::Options> read_routers(core::ConfigReader& reader) {
    std::vector<haproxy::Options> routers;
    std::set<std::string> names{"gateway", "argo"};  // taken
    for (core::ConfigReader& entry : reader.children("routers")) {
        auto options = haproxy::read_options(entry);
        reader.merge(entry);
        if (!options) break;
        if (!names.insert(options->name).second)
            reader.reject("routers", "need names of their own: '" + options->name + "' is taken");
        routers.push_back(std::move(*options));
    }
    if (routers.size() > most_routers) reader.reject("routers", "are too many: at most 16");
    return routers;
}

}  // namespace qd::opsd
