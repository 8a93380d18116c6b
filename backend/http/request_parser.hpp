#pragma once
// Push parser of HTTP/1 requests: Beast's, shown without it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_collector.hpp"
#include "http/message.hpp"

namespace qd::http {

struct RequestHead {
    std::optional<Method> method;  // nothing: a method that is not ours
    std::string target;
    Headers headers;
    unsigned version = 11;                        // 10 or 11
    std::optional<std::uint64_t> content_length;  // nothing: no body, or a chunked one
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// One request at a time: reset(), parse_head() until head_done, then parse_body() until done. Not
/// thread-safe.
class RequestParser {
public:
    enum class Status {
        need_more,
        head_done,
        done,
        bad,                  // no HTTP, or a message whose length is in doubt
        head_too_large,       // 431
        unsupported_version,  // 505
        body_too_large,       // the collector refused
    };

    RequestParser(std::size_t max_header_bytes, std::size_t most_headers);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    void reset();
    /// `used` of `bytes` were consumed; the rest is to be shown again, with more.
    Status parse_head(std::string_view bytes, std::size_t& used);
    Status parse_body(std::string_view bytes, std::size_t& used, BodyCollector& body);
    /// After head_done; may be moved from.
    RequestHead& head();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::size_t max_header_bytes_;
    std::size_t most_headers_;
};

}  // namespace qd::http
