// Targets, queries, URLs, references and ranges from anywhere.

#include <cstdlib>
#include <string_view>

#include "fuzz/target.hpp"
#include "http/range.hpp"
#include "http/request_target.hpp"
#include "http/url.hpp"

namespace http = qd::http;

std::vector<std::string> qd::fuzz::seeds() {
    return {"/media/abc/720p/seg-00001.m4s?s=1&arm=canary",
            "http://host:80/a/../b?c=d%20e#f",
            "bytes=0-99",
            "bytes=-5",
            "../x/./y?z",
            "[::1]:8080",
            "/a/%2e%2e/b",
            "a=b&c=%41+d&&=x"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    http::Request request;
    if (http::read_target(text, request) && request.path != "*") {
        if (!request.path.starts_with('/') || (request.path + "/").find("/../") != std::string::npos)
            std::abort();
    }
    const http::Query query = http::Query::parse(text);
    for (const auto& [name, value] : query.all())
        if (http::percent_decode(http::percent_encode(value)) != value) std::abort();
    if (const auto url = http::Url::parse(text)) {
        const auto again = http::Url::parse(url->to_string());
        if (!again || again->to_string() != url->to_string()) std::abort();
    }
    (void)http::resolve("http://a/b/c/d?q", text);
    (void)http::resolve(text, "../g");
    (void)http::parse_listen(text);
    for (const std::uint64_t total : {std::uint64_t(0), std::uint64_t(100), UINT64_MAX}) {
        const auto range = http::parse_range(text, total);
        if (range.kind == http::ByteRange::Kind::part &&
            (range.size == 0 || range.offset >= total || range.size > total - range.offset))
            std::abort();
    }
    return 0;
}
