#include <algorithm>
#include <charconv>

#include "http/event_stream.hpp"

namespace qd::http {
namespace {

constexpr std::chrono::seconds comment_period{10};
constexpr std::size_t most_subscribers = 256;
/// A stream is closed once 1 MiB waits for its client: a longer replay would end it each time it is opened.
constexpr std::size_t most_replayed_bytes = 512 << 10;

std::optional<std::uint64_t> parse_seq(std::string_view text) {
    std::uint64_t seq = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return seq;
}

std::string reset_event(std::uint64_t current) {
    const std::string seq = std::to_string(current);
    return format({seq, "reset", "{\"seq\":" + seq + "}"});
}

}  // namespace

std::uint64_t EventHub::publish(const std::string& type,
                                const std::function<std::string(std::uint64_t)>& make_data) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t seq = next_++;
    kept_.push_back({seq, format({std::to_string(seq), type, make_data(seq)})});
    if (kept_.size() > keep_) kept_.pop_front();
    send_to_all(kept_.back().text);
    return seq;
}

Response EventHub::subscribe(const Request& request) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || writers_.size() >= most_subscribers)
            return problem(503, closed_ ? "the stream is ending" : "too many streams are open",
                           request.request_id);
    }
    // A browser cannot set the header on its first request, so the query may carry it as well.
    auto last_seen = parse_seq(request.headers.get("Last-Event-ID"));
    if (!last_seen) last_seen = parse_seq(request.query.get_or("last_event_id", ""));
    Response response;
    response.headers = {
        {"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
    response.body =
        StreamBody{[this, last_seen](std::shared_ptr<StreamWriter> writer) { attach(writer, last_seen); }};
    return response;
}

void EventHub::attach(const std::shared_ptr<StreamWriter>& writer, std::optional<std::uint64_t> last_seen) {
    const std::lock_guard lock(mutex_);
    if (closed_) return writer->close();
    std::string text = ": open\n\n";
    if (last_seen && *last_seen + 1 != next_)
        text += replay_after(*last_seen).value_or(reset_event(next_ - 1));
    if (writer->write(std::move(text))) writers_.push_back(writer);
}

/// Nothing when it is too old, too much, or ahead of us: another life of this hub numbered those events.
std::optional<std::string> EventHub::replay_after(std::uint64_t last_seen) const {
    if (kept_.empty() || last_seen + 1 < kept_.front().seq || last_seen >= next_) return std::nullopt;
    std::string text;
    for (auto event = kept_.begin() + std::ptrdiff_t(last_seen + 1 - kept_.front().seq); event != kept_.end();
         ++event) {
        text += event->text;
        if (text.size() > most_replayed_bytes) return std::nullopt;
    }
    return text;
}

void EventHub::send_to_all(const std::string& text) {
    std::erase_if(writers_, [&](const auto& writer) { return !writer->write(text); });
    quiet_since_ = std::chrono::steady_clock::now();
}

void EventHub::tick() {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() - quiet_since_ >= comment_period) send_to_all(":\n\n");
}

void EventHub::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const auto& writer : writers_) writer->close();
    writers_.clear();
}

std::uint64_t EventHub::last_seq() const {
    const std::lock_guard lock(mutex_);
    return next_ - 1;
}

std::size_t EventHub::subscribers() const {
    const std::lock_guard lock(mutex_);
    return writers_.size();
}

}  // namespace qd::http
