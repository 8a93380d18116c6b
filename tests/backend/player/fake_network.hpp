#pragma once
// A network for player tests: answers from memory after a latency and at a rate, on a manual executor and a
// fake clock. Deterministic: nothing runs but within run_for().

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "player/transport.hpp"
#include "support/fake_clock.hpp"
#include "support/manual_executor.hpp"

namespace qd::test {

struct FakeAnswer {
    unsigned status = 200;
    std::string body;
    http::Headers headers;
    std::chrono::milliseconds latency{20};
    double bps = 50e6;                     // at which the body comes
    std::optional<core::Error> error;      // instead of an answer: the connection fails after `latency`
    std::optional<std::size_t> cut_after;  // bytes, then the connection breaks
    bool hang = false;                     // never answers
};

class FakeNetwork final : public player::Transport {
public:
    using Handler = std::function<FakeAnswer(const http::ClientRequest&)>;

    FakeNetwork(ManualExecutor& executor, FakeClock& clock) : executor_(executor), clock_(clock) {}

    Handler handler;
    std::vector<http::ClientRequest> requests;  // as sent

    http::Client::Ticket send(http::ClientRequest request, http::Client::Callback done) override {
        requests.push_back(request);
        requests.back().on_data = nullptr;
        requests.back().on_head = nullptr;
        auto transfer = std::make_shared<Transfer>();
        transfer->request = std::move(request);
        transfer->done = std::move(done);
        transfer->began = clock_.steady_now();
        transfer->answer =
            handler ? handler(transfer->request) : FakeAnswer{404, "nothing here", {}, {}, 1e9, {}, {}, {}};
        const auto ticket = ++last_ticket_;
        transfers_[ticket] = transfer;
        if (transfer->request.timeout.count() > 0)
            executor_.post_after(transfer->request.timeout,
                                 [this, ticket] { fail(ticket, core::Errc::timeout); });
        if (!transfer->answer.hang)
            executor_.post_after(transfer->answer.latency, [this, ticket] { begin(ticket); });
        return ticket;
    }
    void cancel(http::Client::Ticket ticket) override {
        if (transfers_.contains(ticket))
            executor_.post([this, ticket] { fail(ticket, core::Errc::cancelled); });
    }

    std::size_t under_way() const { return transfers_.size(); }
    std::size_t count(std::string_view part_of_url) const {
        return std::size_t(std::count_if(requests.begin(), requests.end(), [&](const auto& request) {
            return request.url.find(part_of_url) != std::string::npos;
        }));
    }

    /// Lets `by` pass, in steps of `step`.
    void run_for(std::chrono::milliseconds by,
                 std::chrono::milliseconds step = std::chrono::milliseconds(5)) {
        executor_.run_ready();
        for (std::chrono::milliseconds passed{0}; passed < by; passed += step) {
            clock_.advance(step);
            executor_.advance(step);
        }
    }

private:
    struct Transfer {
        http::ClientRequest request;
        http::Client::Callback done;
        FakeAnswer answer;
        core::SteadyTime began{};
        std::size_t sent = 0;
        core::SteadyTime first_byte{};
    };

    void begin(http::Client::Ticket ticket) {
        const auto transfer = find(ticket);
        if (!transfer) return;
        if (transfer->answer.error) return finish(ticket, core::Failure(*transfer->answer.error));
        transfer->answer.headers.set("Content-Length", std::to_string(transfer->answer.body.size()));
        if (transfer->request.on_head)
            transfer->request.on_head(transfer->answer.status, transfer->answer.headers);
        transfer->first_byte = clock_.steady_now();
        more(ticket);
    }
    void more(http::Client::Ticket ticket) {
        const auto transfer = find(ticket);
        if (!transfer) return;
        const std::string& body = transfer->answer.body;
        const std::size_t end = std::min(body.size(), transfer->answer.cut_after.value_or(body.size()));
        const std::size_t chunk = std::min(
            end - transfer->sent, std::max<std::size_t>(1, std::size_t(transfer->answer.bps / 8 * 0.02)));
        if (chunk > 0 && transfer->request.on_data &&
            !transfer->request.on_data(std::string_view(body).substr(transfer->sent, chunk)))
            return fail(ticket, core::Errc::cancelled);
        transfer->sent += chunk;
        if (transfer->sent < end) {
            executor_.post_after(std::chrono::milliseconds(20), [this, ticket] { more(ticket); });
            return;
        }
        if (transfer->sent < body.size()) return fail(ticket, core::Errc::unavailable);
        http::ClientResponse response;
        response.status = transfer->answer.status;
        response.headers = transfer->answer.headers;
        response.body_bytes = transfer->sent;
        if (!transfer->request.on_data) response.body = body;
        const auto us = [&](core::SteadyTime at) {
            return std::chrono::duration_cast<std::chrono::microseconds>(at - transfer->began);
        };
        response.timings.first_byte = us(transfer->first_byte);
        response.timings.total = us(clock_.steady_now());
        finish(ticket, std::move(response));
    }
    void fail(http::Client::Ticket ticket, core::Errc code) {
        finish(ticket, core::Failure(core::Error{code, "the connection broke"}));
    }
    void finish(http::Client::Ticket ticket, core::Result<http::ClientResponse> result) {
        const auto transfer = find(ticket);
        if (!transfer) return;
        transfers_.erase(ticket);
        transfer->done(std::move(result));
    }
    std::shared_ptr<Transfer> find(http::Client::Ticket ticket) const {
        const auto at = transfers_.find(ticket);
        return at == transfers_.end() ? nullptr : at->second;
    }

    ManualExecutor& executor_;
    FakeClock& clock_;
    http::Client::Ticket last_ticket_ = 0;
    std::map<http::Client::Ticket, std::shared_ptr<Transfer>> transfers_;
};

/// A title of `levels` levels (500, 1000, 2000, … kbit/s) and `segments` segments of 2 s.
struct FakeTitle {
    int levels = 3;
    int segments = 20;
    double segment_s = 2;
    bool init = true;
    std::string host = "http://site";

    static double level_bps(int level) { return 500e3 * double(1 << level); }
    std::string url() const { return host + "/api/v1/stream/t1"; }
    std::string multivariant() const {
        std::string text = "#EXTM3U\n#EXT-X-VERSION:7\n";
        for (int level = levels - 1; level >= 0; --level)
            text += "#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(int(level_bps(level))) +
                    ",RESOLUTION=" + std::to_string(426 << level) + "x" + std::to_string(240 << level) +
                    ",CODECS=\"avc1.64001e\"\n/media/t1/" + std::to_string(level) + "/index.m3u8\n";
        return text;
    }
    std::string playlist(int first = 0, int count = -1, bool end = true) const {
        std::string text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:" +
                           std::to_string(first) + "\n";
        if (end) text += "#EXT-X-PLAYLIST-TYPE:VOD\n";
        if (init) text += "#EXT-X-MAP:URI=\"init.mp4\"\n";
        for (int i = first; i < first + (count < 0 ? segments : count); ++i)
            text += "#EXTINF:" + std::to_string(segment_s) + ",\nseg-" + std::to_string(i) + ".m4s\n";
        if (end) text += "#EXT-X-ENDLIST\n";
        return text;
    }
    /// What an origin without faults answers.
    FakeAnswer answer(const http::ClientRequest& request) const {
        FakeAnswer answer;
        answer.headers.set("X-Served-By", "stable/v1/api-1");
        const std::string& url_asked = request.url;
        const auto ends = [&](std::string_view tail) { return url_asked.ends_with(tail); };
        if (url_asked.starts_with(url())) {
            answer.body = multivariant();
        } else if (ends("index.m3u8")) {
            answer.body = playlist();
        } else if (ends("init.mp4")) {
            answer.body = "init of " + url_asked;
        } else if (ends(".m4s")) {
            const std::size_t at = url_asked.find("/t1/");
            const int level = at == std::string::npos ? 0 : std::atoi(url_asked.c_str() + at + 4);
            answer.body = std::string(std::size_t(level_bps(level) * segment_s / 8), 'x');
        } else {
            answer.status = 404;
            answer.body = "not found";
        }
        return answer;
    }
};

}  // namespace qd::test
