#include "http/server.hpp"

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <future>

#include "http/connection.hpp"

namespace qd::http {
namespace {

namespace chr = std::chrono;
using core::Errc;
using core::fail;
using Tcp = asio::ip::tcp;

constexpr unsigned ports_to_try = 50;
thread_local IoThread* current_io_thread = nullptr;

chr::milliseconds sweep_period_for(const ServerOptions& options) {
    return std::clamp(std::min(options.header_timeout, options.idle_timeout) / 4, chr::milliseconds(10),
                      chr::milliseconds(500));
}

/// One request must not end the process with all the others.
Response answer_of(const BlockingHandler& handler, const Request& request) {
    try {
        return handler(request);
    } catch (const std::exception& error) {
        return problem(500, fmt::format("the server failed on this request: {}", error.what()),
                       request.request_id);
    }
}

}  // namespace

// ---- IoThread ----

IoThread::IoThread(std::shared_ptr<ServerState> s, std::uint64_t seed)
    : state(std::move(s)),
      random(seed),
      work_(context.get_executor()),
      sweep_timer_(context),
      sweep_period_(sweep_period_for(state->options)) {}

IoThread* IoThread::current() {
    return current_io_thread;
}

void IoThread::run() {
    core::name_this_thread("http-io");
    current_io_thread = this;
    sweep();
    context.run();
    current_io_thread = nullptr;
}

void IoThread::sweep() {
    sweep_timer_.expires_after(sweep_period_);
    sweep_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || !work_) return;
        const auto now = chr::steady_clock::now();
        const std::vector<std::shared_ptr<Connection>> all(connections.begin(), connections.end());
        for (const auto& connection : all) connection->check_deadline(now);
        sweep();
    });
}

std::string_view IoThread::date() {
    const auto second = chr::floor<chr::seconds>(chr::system_clock::now());
    if (second != date_of_) {
        date_of_ = second;
        date_ = core::format_http_date(core::WallTime(second));
    }
    return date_;
}

void IoThread::let_go() {
    const std::vector<std::shared_ptr<Connection>> all(connections.begin(), connections.end());
    for (const auto& connection : all) connection->close();
    work_.reset();
    sweep_timer_.cancel();
}

void IoThread::close_for_good() {
    {
        const std::lock_guard lock(post_mutex_);
        open_ = false;
    }
    context.restart();
    context.poll();
}

// ---- Server ----

struct Server::Impl {
    explicit Impl(ServerOptions options) : state(std::make_shared<ServerState>()) {
        state->options = std::move(options);
        state->fallback.options.name = "unmatched";
        state->fallback.handler = [](Request&& request, Responder&& responder) {
            responder.send(problem(404, "there is nothing at this path", request.request_id));
        };
    }

    core::Result<Tcp::endpoint> resolve() const {
        const ServerOptions& options = state->options;
        boost::system::error_code error;
        const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
        const auto address = asio::ip::make_address(host, error);
        if (!error) return Tcp::endpoint(address, options.port);
        Tcp::resolver resolver(threads.front()->context);
        const auto found =
            resolver.resolve(host, std::to_string(options.port), Tcp::resolver::passive, error);
        if (error || found.empty())
            return fail(Errc::unavailable, "cannot listen on {}: {}", host, error.message());
        return found.begin()->endpoint();
    }

    /// One try; the error is the caller's to judge.
    boost::system::error_code listen_on(const Tcp::endpoint& endpoint) {
        boost::system::error_code error;
        acceptor.emplace(threads.front()->context);
        acceptor->open(endpoint.protocol(), error);
        if (!error) acceptor->set_option(Tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor->bind(endpoint, error);
        if (!error) acceptor->listen(1024, error);
        return error;
    }

    core::Result<> listen() {
        auto endpoint = resolve();
        if (!endpoint) return tl::unexpected(endpoint.error());
        const unsigned tries =
            state->options.move_on_if_taken && endpoint->port() != 0 ? ports_to_try + 1 : 1;
        boost::system::error_code error;
        for (unsigned i = 0; i < tries; ++i) {
            error = listen_on(*endpoint);
            if (error != asio::error::address_in_use || endpoint->port() == 65535) break;
            if (i + 1 < tries) endpoint->port(std::uint16_t(endpoint->port() + 1));
        }
        if (error)
            return fail(Errc::unavailable, "cannot listen on {}:{}: {}", state->options.host,
                        endpoint->port(), error.message());
        local = acceptor->local_endpoint();
        return {};
    }

    void accept() {
        IoThread& taker = *threads[next_thread++ % threads.size()];
        acceptor->async_accept(taker.context,
                               [this, &taker](const boost::system::error_code& error, Tcp::socket socket) {
                                   if (error == asio::error::operation_aborted || !acceptor->is_open())
                                       return;
                                   if (!error) {
                                       admit(taker, std::move(socket));
                                       return accept();
                                   }
                                   // Out of descriptors, most likely: those that end give some back.
                                   retry.emplace(threads.front()->context, chr::milliseconds(100));
                                   retry->async_wait([this](const boost::system::error_code& cancelled) {
                                       if (!cancelled && acceptor->is_open()) accept();
                                   });
                               });
    }

    void admit(IoThread& taker, Tcp::socket socket) {
        boost::system::error_code error;
        if (state->connections >= state->options.max_connections) {
            static constexpr std::string_view full =
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
                "close\r\n\r\n";
            socket.native_non_blocking(true, error);
            socket.send(asio::buffer(full), 0, error);
            return;
        }
        const auto remote = socket.remote_endpoint(error);
        if (error) return;
        auto connection = std::make_shared<Connection>(taker.shared_from_this(), std::move(socket),
                                                       remote.address().to_string());
        const auto begin = [&taker, connection = std::move(connection)] {
            taker.connections.insert(connection);
            connection->start();
        };
        if (IoThread::current() == &taker)
            begin();
        else
            taker.post(begin);
    }

    /// Filters are wound around each handler once, here, so that a request costs no set-up.
    void wind_filters(Route& route) {
        for (auto filter = state->filters.rbegin(); filter != state->filters.rend(); ++filter) {
            auto next = std::make_shared<const Handler>(std::move(route.handler));
            route.handler = [filter = filter->get(), next](Request&& request, Responder&& responder) {
                filter->handle(std::move(request), std::move(responder), *next);
            };
        }
    }

    /// Runs `task` on every I/O thread and waits for all.
    void on_all_threads(const std::function<void(IoThread&)>& task) {
        std::vector<std::future<void>> done;
        for (const auto& io : threads) {
            auto promise = std::make_shared<std::promise<void>>();
            done.push_back(promise->get_future());
            io->post([&task, promise, &io = *io] {
                task(io);
                promise->set_value();
            });
        }
        for (auto& one : done) one.wait();
    }

    std::shared_ptr<ServerState> state;
    std::vector<std::shared_ptr<IoThread>> threads;
    std::optional<Tcp::acceptor> acceptor;  // on the first thread
    std::optional<asio::steady_timer> retry;
    Tcp::endpoint local;
    std::size_t next_thread = 0;
    bool running = false;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() {
    stop();
}

void Server::route(Method method, std::string pattern, Handler handler, RouteOptions options) {
    impl_->state->router.add({method, std::move(pattern), std::move(handler), std::move(options)});
}

void Server::route_blocking(Method method, std::string pattern, BlockingHandler handler,
                            RouteOptions options) {
    ServerState* state = impl_->state.get();
    auto shared = std::make_shared<const BlockingHandler>(std::move(handler));
    const auto async = [state, shared](Request&& request, Responder&& responder) {
        if (state->blocking_waiting >= state->options.most_blocking)
            return responder.send(problem(503, "too many requests wait for a worker", request.request_id));
        struct Job {
            Request request;
            Responder responder;
        };
        ++state->blocking_waiting;
        state->workers->post(
            [state, shared, job = std::make_shared<Job>(std::move(request), std::move(responder))] {
                job->responder.send(answer_of(*shared, job->request));
                --state->blocking_waiting;
            });
    };
    route(method, std::move(pattern), async, std::move(options));
}

void Server::fallback(Handler handler, RouteOptions options) {
    if (options.name.empty()) options.name = "unmatched";
    impl_->state->fallback = {Method::get, {}, std::move(handler), std::move(options)};
}

void Server::add_filter(std::shared_ptr<Filter> filter) {
    impl_->state->filters.push_back(std::move(filter));
}

void Server::on_complete(std::function<void(const Completion&)> observer) {
    impl_->state->observers.push_back(std::move(observer));
}

core::Result<> Server::start() {
    ServerState& state = *impl_->state;
    core::SystemRandom seeds;
    for (unsigned i = 0; i < std::max(1u, state.options.io_threads); ++i)
        impl_->threads.push_back(std::make_shared<IoThread>(impl_->state, seeds.next()));
    if (auto listening = impl_->listen(); !listening) {
        impl_->acceptor.reset();
        impl_->threads.clear();
        return listening;
    }
    state.workers =
        std::make_unique<core::ThreadPool>(std::max(1u, state.options.worker_threads), "http-work");
    for (Route& route : state.router.routes()) impl_->wind_filters(route);
    impl_->wind_filters(state.fallback);
    impl_->running = true;
    for (const auto& io : impl_->threads) io->thread = std::thread([io] { io->run(); });
    impl_->threads.front()->post([this] { impl_->accept(); });
    return {};
}

std::string Server::address() const {
    const auto host = impl_->local.address().to_string();
    if (impl_->local.address().is_v6()) return fmt::format("[{}]:{}", host, impl_->local.port());
    return fmt::format("{}:{}", host, impl_->local.port());
}

std::uint16_t Server::port() const {
    return impl_->local.port();
}

void Server::stop(std::chrono::milliseconds grace) {
    if (!impl_->running) return;
    impl_->running = false;
    ServerState& state = *impl_->state;
    state.draining = true;
    impl_->on_all_threads([this](IoThread& io) {
        if (&io == impl_->threads.front().get()) {
            boost::system::error_code ignored;
            impl_->acceptor->close(ignored);
            if (impl_->retry) impl_->retry->cancel();
        }
        const std::vector<std::shared_ptr<Connection>> all(io.connections.begin(), io.connections.end());
        for (const auto& connection : all) connection->drain();
    });
    {
        std::unique_lock lock(state.mutex);
        state.emptied.wait_for(lock, grace, [&] { return state.connections == 0; });
    }
    impl_->on_all_threads([](IoThread& io) { io.let_go(); });
    state.workers->stop();
    for (const auto& io : impl_->threads) io->thread.join();
    for (const auto& io : impl_->threads) io->close_for_good();
    impl_->acceptor.reset();
    impl_->retry.reset();
    impl_->threads.clear();
}

}  // namespace qd::http
