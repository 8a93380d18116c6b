#include "gateway/admin.hpp"

#include <nlohmann/json.hpp>

namespace qd::gateway {
namespace {

using core::Errc;
using core::fail;
using nlohmann::json;

constexpr std::size_t largest_document = 256 << 10;

core::Result<json> parse_object(std::string_view text) {
    if (text.size() > largest_document)
        return fail(Errc::too_large, "the document must not be larger than 256 KiB");
    json document = json::parse(text, nullptr, false);
    if (!document.is_object()) return fail(Errc::invalid_argument, "a JSON object is expected");
    return document;
}

std::string text_of(const json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

core::Result<std::vector<Upstream>> parse_upstreams(std::string_view text) {
    const auto document = parse_object(text);
    if (!document) return tl::unexpected(document.error());
    const auto list = document->find("upstreams");
    if (list == document->end() || !list->is_array())
        return fail(Errc::invalid_argument, "upstreams must be an array");
    std::vector<Upstream> upstreams;
    for (const json& one : *list) {
        if (!one.is_object()) return fail(Errc::invalid_argument, "each upstream must be an object");
        const auto arm = parse_arm(text_of(one, "arm"));
        if (!arm)
            return fail(Errc::invalid_argument, "the arm of an upstream must be stable, canary or baseline");
        upstreams.push_back(
            {*arm, text_of(one, "instance"), text_of(one, "version"), text_of(one, "address")});
    }
    return upstreams;
}

std::string to_json(const std::vector<UpstreamStatus>& upstreams) {
    json list = json::array();
    for (const UpstreamStatus& one : upstreams)
        list.push_back({{"arm", to_string(one.upstream.arm)},
                        {"instance", one.upstream.instance},
                        {"version", one.upstream.version},
                        {"address", one.upstream.address},
                        {"healthy", one.healthy},
                        {"breaker", to_string(one.breaker)}});
    return dump(json{{"upstreams", std::move(list)}});
}

}  // namespace qd::gateway
