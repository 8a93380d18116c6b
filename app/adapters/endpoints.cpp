#include "app/adapters/endpoints.hpp"

#include <nlohmann/json.hpp>

#include "core/files.hpp"
#include "http/url.hpp"

namespace qd::app {
namespace {

constexpr std::uint64_t kEndpointsLimit = 1u << 20;
constexpr std::uint64_t kTokenLimit = 4u << 10;

std::string stringAt(const nlohmann::json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace

core::Result<std::string> readToken(const std::filesystem::path& file) {
    auto content = core::read_file(file, kTokenLimit);
    if (!content) return core::fail_with_context("reading the token", content.error());
    const auto end = content->find_first_of("\r\n");
    std::string token = content->substr(0, end);
    if (token.empty()) return core::fail(core::Errc::config, "the token file {} is empty", file.string());
    return token;
}

core::Result<Endpoints> readEndpoints(const std::filesystem::path& dataDir) {
    const auto path = dataDir / "endpoints.json";
    auto content = core::read_file(path, kEndpointsLimit);
    if (!content) return tl::unexpected(content.error());
    const auto json = nlohmann::json::parse(*content, nullptr, false);
    if (!json.is_object()) return core::fail(core::Errc::corrupt, "{} is not a JSON object", path.string());
    Endpoints endpoints;
    endpoints.opsd = stringAt(json, "opsd");
    endpoints.gateway = stringAt(json, "gateway");
    if (const auto pid = json.find("pid"); pid != json.end() && pid->is_number_integer())
        endpoints.pid = pid->get<std::int64_t>();
    if (endpoints.opsd.empty())
        return core::fail(core::Errc::corrupt, "{} names no opsd: this site runs without its control plane",
                          path.string());
    const std::string tokenFile = stringAt(json, "token_file");
    auto token = readToken(tokenFile.empty() ? dataDir / "token" : std::filesystem::path(tokenFile));
    if (!token) return tl::unexpected(token.error());
    endpoints.token = *token;
    return endpoints;
}

core::Result<Endpoints> endpointsOf(const std::string& opsdUrl, const std::filesystem::path& tokenFile) {
    const auto url = http::Url::parse(opsdUrl);
    if (!url)
        return core::fail(core::Errc::invalid_argument, "--connect {}: {}", opsdUrl, url.error().message);
    Endpoints endpoints;
    endpoints.opsd = url->origin();
    if (!tokenFile.empty()) {
        auto token = readToken(tokenFile);
        if (!token) return tl::unexpected(token.error());
        endpoints.token = *token;
    }
    return endpoints;
}

}  // namespace qd::app
