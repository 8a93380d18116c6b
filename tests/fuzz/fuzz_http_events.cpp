// Event streams: cutting the input elsewhere must not change the events, and an event survives being written
// again.

#include <cstdlib>
#include <string_view>

#include "fuzz/target.hpp"
#include "http/event_stream.hpp"

namespace http = qd::http;

std::vector<std::string> qd::fuzz::seeds() {
    return {"id: 1\nevent: tick\ndata: {\"seq\":1}\n\n", ": comment\r\ndata: a\r\ndata: b\r\n\r\n",
            "data\n\ndata\ndata\n\n", "retry: 10\rid\rdata:x\r\r"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<http::ServerSentEvent> whole, cut, again;
    http::EventParser one([&](http::ServerSentEvent event) { whole.push_back(std::move(event)); });
    one.feed(text);
    http::EventParser other([&](http::ServerSentEvent event) { cut.push_back(std::move(event)); });
    for (std::size_t i = 0; i < text.size(); ++i) other.feed(text.substr(i, 1));
    if (whole != cut) std::abort();
    http::EventParser reader([&](http::ServerSentEvent event) { again.push_back(std::move(event)); });
    for (const auto& event : whole) {
        const std::size_t before = again.size();
        reader.feed(http::format(event));
        if (again.size() != before + 1 || again.back().data != event.data) std::abort();
    }
    return 0;
}
