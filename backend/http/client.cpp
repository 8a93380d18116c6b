#include "http/client.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/executor.hpp"
#include "http/transfer.hpp"

namespace qd::http {
namespace {

namespace chr = std::chrono;
using core::Errc;

constexpr std::size_t spare_handles = 128;
constexpr int longest_wait_ms = 1'000;

void init_curl_once() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(done);
}

}  // namespace

/// Commands come in under a mutex; everything else belongs to the thread.
struct Client::Impl {
    struct CloseEasy {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    };
    using Easy = std::unique_ptr<CURL, CloseEasy>;

    struct Command {
        Ticket ticket = 0;
        std::unique_ptr<Transfer> transfer;  // empty: cancel the ticket
    };
    struct Running {
        std::unique_ptr<Transfer> transfer;
        Easy easy;
    };

    explicit Impl(Options o) : options(std::move(o)) {
        init_curl_once();
        multi = curl_multi_init();
        curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, long(options.max_connections_per_host));
        curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, long(options.max_connections));
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, long(options.max_connections));
        thread = std::thread([this] { run(); });
    }

    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        curl_multi_wakeup(multi);
        thread.join();
        spare.clear();
        curl_multi_cleanup(multi);
    }

    void push(Command command) {
        std::unique_ptr<Transfer> refused;
        bool wake = false;
        {
            const std::lock_guard lock(mutex);
            if (stopping) {
                refused = std::move(command.transfer);
            } else {
                wake = commands.empty();
                commands.push_back(std::move(command));
            }
        }
        if (refused) refused->fail_with({Errc::cancelled, "the client is ending"});
        if (wake) curl_multi_wakeup(multi);
    }

    void run() {
        core::name_this_thread("http-client");
        while (take_commands()) {
            int active = 0;
            curl_multi_perform(multi, &active);
            finish_completed();
            end_stalled();
            {
                const std::lock_guard lock(mutex);
                if (!commands.empty() || stopping) continue;
            }
            curl_multi_poll(multi, nullptr, 0, wait_ms(), nullptr);
        }
        // Callbacks may send again; those are refused since `stopping` is set.
        while (!running.empty()) end(running.begin()->first, {Errc::cancelled, "the client is ending"});
    }

    /// False when it is time to end.
    bool take_commands() {
        std::deque<Command> taken;
        bool ending = false;
        {
            const std::lock_guard lock(mutex);
            taken.swap(commands);
            ending = stopping;
        }
        for (Command& command : taken) {
            if (!command.transfer)
                end(command.ticket, {Errc::cancelled, "the transfer was cancelled"});
            else if (ending)
                command.transfer->fail_with({Errc::cancelled, "the client is ending"});
            else
                begin(std::move(command.transfer));
        }
        return !ending;
    }

    void begin(std::unique_ptr<Transfer> transfer) {
        Easy easy;
        if (spare.empty()) {
            easy.reset(curl_easy_init());
        } else {
            easy = std::move(spare.back());
            spare.pop_back();
        }
        if (auto ready = transfer->prepare(easy.get(), options.user_agent); !ready)
            return transfer->fail_with(ready.error());
        curl_multi_add_handle(multi, easy.get());
        const Ticket ticket = transfer->ticket();
        watched += transfer->watches_stalls() ? 1 : 0;
        running.emplace(ticket, Running{std::move(transfer), std::move(easy)});
    }

    /// Takes a transfer out, so that its callback finds it gone.
    Running take(Ticket ticket) {
        const auto at = running.find(ticket);
        Running taken = std::move(at->second);
        running.erase(at);
        watched -= taken.transfer->watches_stalls() ? 1 : 0;
        curl_multi_remove_handle(multi, taken.easy.get());
        return taken;
    }

    void recycle(Easy easy) {
        if (spare.size() >= spare_handles) return;
        curl_easy_reset(easy.get());
        spare.push_back(std::move(easy));
    }

    void end(Ticket ticket, core::Error error) {
        if (running.count(ticket) == 0) return;
        Running ended = take(ticket);
        ended.transfer->fail_with(std::move(error));
        recycle(std::move(ended.easy));
    }

    void finish_completed() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode code = message->data.result;
            Transfer* transfer = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            Running ended = take(transfer->ticket());
            ended.transfer->complete(code);
            recycle(std::move(ended.easy));
        }
    }

    void end_stalled() {
        if (watched == 0) return;
        const auto now = chr::steady_clock::now();
        std::vector<Ticket> stalled;
        for (const auto& [ticket, one] : running)
            if (one.transfer->stalls_at() <= now) stalled.push_back(ticket);
        for (const Ticket ticket : stalled) end(ticket, {Errc::timeout, "the transfer stalled"});
    }

    int wait_ms() const {
        if (watched == 0) return longest_wait_ms;
        auto first = chr::steady_clock::time_point::max();
        for (const auto& [ticket, one] : running) first = std::min(first, one.transfer->stalls_at());
        const auto left = chr::ceil<chr::milliseconds>(first - chr::steady_clock::now()).count();
        return int(std::clamp<std::int64_t>(left, 0, longest_wait_ms));
    }

    const Options options;
    CURLM* multi = nullptr;
    std::mutex mutex;
    std::deque<Command> commands;
    bool stopping = false;
    std::atomic<Ticket> next{1};
    std::unordered_map<Ticket, Running> running;
    std::size_t watched = 0;  // running ones with a stall timeout
    std::vector<Easy> spare;
    std::thread thread;
};

Client::Client(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Client::~Client() = default;

Client::Ticket Client::send(ClientRequest request, Callback done) {
    const Ticket ticket = impl_->next.fetch_add(1);
    impl_->push({ticket, std::make_unique<Transfer>(ticket, std::move(request), std::move(done))});
    return ticket;
}

void Client::cancel(Ticket ticket) {
    impl_->push({ticket, nullptr});
}

core::Result<ClientResponse> Client::fetch(ClientRequest request) {
    // Shared: the caller may have gone on while the client's thread still leaves set_value().
    const auto promise = std::make_shared<std::promise<core::Result<ClientResponse>>>();
    auto answer = promise->get_future();
    send(std::move(request), [promise](auto response) { promise->set_value(std::move(response)); });
    return answer.get();
}

}  // namespace qd::http
