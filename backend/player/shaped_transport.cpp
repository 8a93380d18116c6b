#include "player/shaped_transport.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>

#include "player/outbox.hpp"
#include "player/shaped_link.hpp"
#include "player/shaped_transfer.hpp"

namespace qd::player {
namespace {
using Ticket = http::Client::Ticket;
using Response = core::Result<http::ClientResponse>;

constexpr core::Seconds tick{0.01};  // bytes are handed on so often, or when the next packet is through
}  // namespace

/// Every event (bytes from inside, a timer, a new shape) moves the link up to now under the mutex; calls out
/// go through the outbox, without it.
class ShapedTransport::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Transport& inner, core::Executor& executor, const core::Clock& clock, core::Random& random)
        : inner_(inner), executor_(executor), clock_(clock), random_(random) {}

    void set_link(ShapedLink link) {
        {
            const std::lock_guard lock(mutex_);
            const core::SteadyTime now = clock_.steady_now();
            advance(now);
            link_ = std::move(link);
            link_.begin(now);
            advance(now);
        }
        outbox_.drain(mutex_);
    }
    ShapedLink link() const {
        const std::lock_guard lock(mutex_);
        return link_;
    }
    core::SteadyTime now() const { return clock_.steady_now(); }

    Ticket send(http::ClientRequest request, http::Client::Callback done) {
        auto transfer = std::make_shared<Transfer>();
        transfer->on_head = std::move(request.on_head);
        transfer->on_data = std::move(request.on_data);
        transfer->done = std::move(done);
        transfer->timeout = request.timeout;
        transfer->stall_timeout = request.stall_timeout;
        transfer->max_bytes = request.max_body_bytes;
        Ticket ticket = 0;
        {
            const std::lock_guard lock(mutex_);
            const core::SteadyTime now = clock_.steady_now();
            transfer->began = transfer->last_byte = now;
            const ShapedLink::Moment moment = link_.at(now);
            transfer->latency = moment.latency;
            if (moment.loss > 0 && random_.uniform() < moment.loss) transfer->breaks_at = random_.uniform();
            ticket = ++last_ticket_;
            transfers_.emplace(ticket, transfer);
            arm(now);
        }
        const auto weak = weak_from_this();
        request.on_head = [weak, ticket](unsigned status, const http::Headers& headers) {
            if (const auto self = weak.lock()) self->head_came(ticket, status, headers);
        };
        request.on_data = [weak, ticket](std::string_view bytes) {
            const auto self = weak.lock();
            return self && self->bytes_came(ticket, bytes);
        };
        const Ticket inside = inner_.send(std::move(request), [weak, ticket](Response response) {
            if (const auto self = weak.lock()) self->answer_came(ticket, std::move(response));
        });
        bool over = false;
        {
            const std::lock_guard lock(mutex_);
            over = !transfers_.contains(ticket);
            transfer->inside = inside;
        }
        if (over) inner_.cancel(inside);
        return ticket;
    }

    void cancel(Ticket ticket) {
        {
            const std::lock_guard lock(mutex_);
            if (!transfers_.contains(ticket)) return;
        }
        // The callback must not come from within this call.
        executor_.post([weak = weak_from_this(), ticket] {
            const auto self = weak.lock();
            if (!self) return;
            {
                const std::lock_guard lock(self->mutex_);
                self->fail(ticket, {core::Errc::cancelled, "the transfer was cancelled"});
            }
            self->outbox_.drain(self->mutex_);
        });
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            while (!transfers_.empty())
                fail(transfers_.begin()->first, {core::Errc::cancelled, "the transport is ending"});
        }
        outbox_.drain(mutex_);
        std::unique_lock lock(mutex_);
        outbox_.silence_observer(lock);
    }

private:
    using Transfer = ShapedTransfer;
    using TransferPtr = std::shared_ptr<Transfer>;

    TransferPtr find(Ticket ticket) const {
        const auto at = transfers_.find(ticket);
        return at == transfers_.end() ? nullptr : at->second;
    }

    void head_came(Ticket ticket, unsigned status, const http::Headers& headers) {
        {
            const std::lock_guard lock(mutex_);
            const TransferPtr transfer = find(ticket);
            if (!transfer) return;
            const core::SteadyTime now = clock_.steady_now();
            transfer->status = status;
            transfer->headers = headers;
            transfer->ready_at = core::after(now, transfer->latency);
            if (transfer->breaks_at) {
                const std::string_view text = headers.get("Content-Length");
                std::uint64_t length = 0;
                std::from_chars(text.data(), text.data() + text.size(), length);
                transfer->break_bytes =
                    std::uint64_t(double(std::min(length, transfer->max_bytes)) * *transfer->breaks_at);
            }
            advance(now);
        }
        outbox_.drain(mutex_);
    }

    bool bytes_came(Ticket ticket, std::string_view bytes) {
        bool wanted = true;
        {
            const std::lock_guard lock(mutex_);
            const TransferPtr transfer = find(ticket);
            if (!transfer) return false;
            const core::SteadyTime now = clock_.steady_now();
            advance(now);  // what the link carried before these were there is not theirs
            if (transfer->given + transfer->queued + bytes.size() > transfer->max_bytes) {
                transfer->outcome =
                    core::fail(core::Errc::too_large, "the answer has more than the {} bytes allowed",
                               transfer->max_bytes);
                wanted = false;
            } else if (!bytes.empty()) {
                transfer->queue.emplace_back(bytes);
                transfer->queued += bytes.size();
            }
            advance(now);
        }
        outbox_.drain(mutex_);
        return wanted;
    }

    void answer_came(Ticket ticket, Response response) {
        {
            const std::lock_guard lock(mutex_);
            const TransferPtr transfer = find(ticket);
            if (!transfer) return;
            const core::SteadyTime now = clock_.steady_now();
            if (!transfer->status) transfer->ready_at = core::after(now, transfer->latency);
            if (!transfer->outcome) transfer->outcome = std::move(response);
            advance(now);
        }
        outbox_.drain(mutex_);
    }

    /// With the mutex held, as everything below.
    void advance(core::SteadyTime now) {
        give_bytes(now);  // before the heads: what the link carried until now is not for who only begins now
        give_heads(now);
        give_bytes(now);
        std::vector<Ticket> over;
        for (const auto& [ticket, transfer] : transfers_)
            if (transfer->finished(now) || transfer->late_at() <= now) over.push_back(ticket);
        for (const Ticket ticket : over) {
            const TransferPtr transfer = find(ticket);
            if (transfer->finished(now)) {
                complete(ticket, now);
            } else {
                const bool whole =
                    transfer->timeout.count() > 0 && now - transfer->began >= transfer->timeout;
                fail(ticket,
                     {core::Errc::timeout, whole ? "the transfer took too long" : "the transfer stalled"});
            }
        }
        arm(now);
    }

    void give_heads(core::SteadyTime now) {
        for (auto& [ticket, transfer] : transfers_) {
            if (!transfer->status || transfer->head_given || transfer->ready_at > now) continue;
            transfer->head_given = transfer->last_byte = now;
            if (transfer->on_head)
                outbox_.add(
                    [transfer = transfer] { transfer->on_head(*transfer->status, transfer->headers); });
        }
    }

    /// Packets of those that have some, in turn, as far as the link has come.
    void give_bytes(core::SteadyTime now) {
        std::vector<std::pair<Ticket, std::uint64_t>> shares;
        std::vector<std::uint64_t> waiting;
        for (const auto& [ticket, transfer] : transfers_) {
            if (!transfer->head_given || transfer->queued == 0) continue;
            shares.emplace_back(ticket, 0);
            waiting.push_back(std::min(transfer->queued, transfer->break_bytes - transfer->given));
        }
        const std::vector<std::uint64_t> granted = link_.grant(now, waiting);
        for (std::size_t i = 0; i < shares.size(); ++i)
            if (granted[i] > 0) give(shares[i].first, *transfers_.at(shares[i].first), granted[i], now);
    }

    void give(Ticket ticket, Transfer& from, std::uint64_t bytes, core::SteadyTime now) {
        std::string piece = from.take(bytes);
        from.last_byte = now;
        outbox_.add(
            [self = shared_from_this(), ticket, transfer = transfers_.at(ticket), piece = std::move(piece)] {
                if (transfer->refused) return;
                if (!transfer->on_data) {
                    transfer->body += piece;
                } else if (!transfer->on_data(piece)) {
                    transfer->refused = true;
                    const std::lock_guard lock(self->mutex_);
                    self->fail(ticket, {core::Errc::cancelled, "the receiver cancelled the transfer"});
                }
            });
    }

    void complete(Ticket ticket, core::SteadyTime now) {
        const TransferPtr transfer = find(ticket);
        if (transfer->broken() || !transfer->outcome)
            return fail(ticket, {core::Errc::unavailable, "the connection was reset (shaped network)"});
        if (!*transfer->outcome) return fail(ticket, transfer->outcome->error());
        transfers_.erase(ticket);
        http::ClientResponse& response = **transfer->outcome;
        const auto since = [&](core::SteadyTime at) {
            return std::chrono::duration_cast<std::chrono::microseconds>(at - transfer->began);
        };
        response.timings.first_byte =
            std::max(response.timings.first_byte, since(transfer->head_given.value_or(now)));
        response.timings.total = std::max({response.timings.total, response.timings.first_byte, since(now)});
        response.body_bytes = transfer->given;
        outbox_.add([transfer] {
            if (transfer->refused) {
                transfer->done(core::fail(core::Errc::cancelled, "the receiver cancelled the transfer"));
                return;
            }
            (*transfer->outcome)->body = std::move(transfer->body);
            transfer->done(std::move(*transfer->outcome));
        });
    }

    void fail(Ticket ticket, core::Error error) {
        const TransferPtr transfer = find(ticket);
        if (!transfer) return;
        transfers_.erase(ticket);
        outbox_.add(
            [self = shared_from_this(), transfer, inside = transfer->inside, error = std::move(error)] {
                if (inside != 0) self->inner_.cancel(inside);
                transfer->done(core::Failure(error));
            });
    }

    void arm(core::SteadyTime now) {
        core::SteadyTime at = core::SteadyTime::max();
        std::uint64_t least = 0;
        std::size_t active = 0;
        for (const auto& [ticket, transfer] : transfers_) {
            at = std::min(at, transfer->late_at());
            const bool waits = transfer->status ? !transfer->head_given : transfer->outcome.has_value();
            if (waits) at = std::min(at, transfer->ready_at);
            if (!transfer->head_given || transfer->queued == 0) continue;
            least = active++ == 0 ? transfer->queued : std::min(least, transfer->queued);
        }
        if (active > 0) {
            const core::SteadyTime packet = link_.next(now, std::min(least, ShapedLink::packet_bytes));
            const core::SteadyTime all = link_.next(now, least * active);
            at = std::min(at, std::max(packet, std::min(all, core::after(now, tick))));
        }
        if (at == core::SteadyTime::max() || (armed_ && *armed_ > now && *armed_ <= at)) return;
        armed_ = at;
        const auto delay =
            std::max(std::chrono::milliseconds(1), std::chrono::ceil<std::chrono::milliseconds>(at - now));
        executor_.post_after(delay, [weak = weak_from_this(), at] {
            const auto self = weak.lock();
            if (!self) return;
            {
                const std::lock_guard lock(self->mutex_);
                if (self->armed_ != at) return;  // an earlier one took its place
                self->armed_.reset();
                self->advance(self->clock_.steady_now());
            }
            self->outbox_.drain(self->mutex_);
        });
    }

    Transport& inner_;
    core::Executor& executor_;
    const core::Clock& clock_;
    core::Random& random_;

    mutable std::mutex mutex_;
    Outbox outbox_;
    ShapedLink link_;
    Ticket last_ticket_ = 0;
    std::map<Ticket, TransferPtr> transfers_;
    std::optional<core::SteadyTime> armed_;
};

ShapedTransport::ShapedTransport(Transport& inner, core::Executor& executor, const core::Clock& clock,
                                 core::Random& random)
    : impl_(std::make_shared<Impl>(inner, executor, clock, random)) {}
ShapedTransport::~ShapedTransport() {
    impl_->close();
}
void ShapedTransport::set_shape(NetworkShape shape) {
    impl_->set_link(ShapedLink(shape));
}
void ShapedTransport::set_trace(NetworkTrace trace, core::Seconds start) {
    impl_->set_link(ShapedLink(std::move(trace), start));
}
std::optional<NetworkShape> ShapedTransport::shape() const {
    return impl_->link().shape();
}
std::optional<NetworkStep> ShapedTransport::trace_step() const {
    return impl_->link().trace_step(impl_->now());
}
std::string ShapedTransport::trace_name() const {
    return impl_->link().trace_name();
}
http::Client::Ticket ShapedTransport::send(http::ClientRequest request, http::Client::Callback done) {
    return impl_->send(std::move(request), std::move(done));
}
void ShapedTransport::cancel(http::Client::Ticket ticket) {
    impl_->cancel(ticket);
}

}  // namespace qd::player
