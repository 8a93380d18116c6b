#include <nlohmann/json.hpp>

#include "http/client.hpp"

namespace qd::http {

core::Result<ClientResponse> expect_success(core::Result<ClientResponse> response) {
    if (!response || (response->status >= 200 && response->status < 300)) return response;
    std::string detail = fmt::format("answered with status {}", response->status);
    if (response->body.size() <= (64u << 10)) {
        const auto json = nlohmann::json::parse(response->body, nullptr, false);
        if (json.is_object())
            if (const auto at = json.find("detail"); at != json.end() && at->is_string())
                detail = at->get<std::string>();
    }
    const auto code =
        response->status >= 400 ? core::from_http_status(response->status) : core::Errc::unavailable;
    return core::Failure(core::Error{code, std::move(detail)});
}

}  // namespace qd::http
