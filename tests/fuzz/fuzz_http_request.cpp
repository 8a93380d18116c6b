// The server's parser: whatever comes, and however it is cut, it ends in one of its states and agrees with
// itself.

#include <cstdlib>
#include <string_view>

#include "fuzz/target.hpp"
#include "http/request_parser.hpp"

namespace http = qd::http;
using Status = http::RequestParser::Status;

std::vector<std::string> qd::fuzz::seeds() {
    return {"GET /a?b HTTP/1.1\r\nHost: x\r\nX-A: b\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: "
            "100-continue\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n"};
}

namespace {

/// Feeds as the server does: what was not used is shown again with `step` bytes more.
std::pair<Status, std::string> run(std::string_view text, std::size_t step) {
    http::RequestParser parser(1'024, 10);
    http::BodyCollector body;
    body.begin(4'096, 4'096, {});
    std::size_t begin = 0, end = 0;
    bool in_body = false;
    while (true) {
        std::size_t used = 0;
        const auto shown = text.substr(begin, end - begin);
        const Status status = shown.empty() && !in_body ? Status::need_more
                              : in_body                 ? parser.parse_body(shown, used, body)
                                                        : parser.parse_head(shown, used);
        if (used > shown.size()) std::abort();
        begin += used;
        if (status == Status::head_done) {
            in_body = true;
        } else if (status != Status::need_more) {
            http::Request request;
            if (status == Status::done) body.finish(request);
            return {status, request.body};
        } else if (end == text.size()) {
            return {status, {}};
        } else {
            end = std::min(text.size(), end + step);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = run(text, text.size() + 1), cut = run(text, 3);
    if (whole.first == Status::done && (cut.first != Status::done || cut.second != whole.second))
        std::abort();
    return 0;
}
