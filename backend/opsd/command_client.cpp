#include "opsd/command_client.hpp"

#include <algorithm>

#include "core/files.hpp"
#include "http/url.hpp"
#include "site/process_info.hpp"

namespace qd::opsd {

core::Result<opsclient::Endpoint> command_endpoint(const std::string& url, const std::string& token_file,
                                                   const std::string& data) {
    using core::Errc;
    opsclient::Endpoint endpoint;
    std::filesystem::path token = token_file;
    if (!url.empty()) {
        const auto parsed = http::Url::parse(url);
        if (!parsed) return core::fail(Errc::invalid_argument, "--url: {}", parsed.error().message);
        endpoint.base_url = parsed->origin();
    } else {
        const std::filesystem::path folder = data;
        const auto text = core::read_file(folder / "endpoints.json", 1u << 20);
        if (!text) return core::fail(Errc::unavailable, "no site runs in {}: {}", data, text.error().message);
        const auto endpoints = site::decode_endpoints(*text);
        if (!endpoints) return core::Failure(endpoints.error());
        if (endpoints->opsd.empty()) return core::fail(Errc::unavailable, "the site in {} has no opsd", data);
        endpoint.base_url = endpoints->opsd;
        if (token.empty()) token = endpoints->token_file;
        if (token.is_relative() && token_file.empty()) token = folder / token;
    }
    if (token.empty()) return endpoint;
    auto secret = core::read_file(token, 4'096);
    if (!secret) return core::Failure(secret.error());
    secret->erase(std::min(secret->find_first_of("\r\n"), secret->size()));
    endpoint.token = std::move(*secret);
    return endpoint;
}

}  // namespace qd::opsd
