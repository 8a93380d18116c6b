#pragma once
// A watch's stream, one JSON object a line, into events.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kubernetes/api_client.hpp"

namespace qd::kubernetes {

class WatchDecoder {
public:
    /// Bytes as they come; false once the stream is of no more use: see gone() and error(). A last line that
    /// is not complete is no event.
    bool take(std::string_view bytes, const std::function<void(WatchEvent)>& on_event);
    /// The server said 410: it keeps no history so far back.
    bool gone() const { return gone_; }
    const std::optional<core::Error>& error() const { return error_; }

private:
    bool line(std::string_view text, const std::function<void(WatchEvent)>& on_event);
    bool refuse(core::Errc code, std::string message);

    std::string unfinished_;
    bool gone_ = false;
    std::optional<core::Error> error_;
};

}  // namespace qd::kubernetes
