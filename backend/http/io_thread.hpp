#pragma once
// One I/O thread of the server: its reactor, its connections, and what it keeps at hand for them. Includes
// Asio: for server.cpp and connection.cpp only.

#include <utility>  // Asio 1.74 needs std::exchange and does not include it

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "http/server_state.hpp"

namespace qd::http {

namespace asio = boost::asio;
class Connection;

class IoThread : public std::enable_shared_from_this<IoThread> {
public:
    IoThread(std::shared_ptr<ServerState> state, std::uint64_t seed);

    void run();
    /// The I/O thread that this is called on, if it is one.
    static IoThread* current();

    /// From any thread. After close_for_good() the task is dropped.
    template <class Task>
    void post(Task&& task) {
        const std::lock_guard lock(post_mutex_);
        if (open_) asio::post(context, std::forward<Task>(task));
    }

    /// HTTP's date, formatted once a second. On this thread only.
    std::string_view date();

    /// Lets the thread end once its handlers have. On this thread only.
    void let_go();
    /// After the thread has ended: runs what is still queued, so that nothing keeps this alive.
    void close_for_good();

    asio::io_context context{1};
    const std::shared_ptr<ServerState> state;
    core::SeededRandom random;
    std::unordered_set<std::shared_ptr<Connection>> connections;  // this thread's alone
    std::thread thread;

private:
    void sweep();

    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
    asio::steady_timer sweep_timer_;
    std::chrono::milliseconds sweep_period_;
    std::string date_;
    std::chrono::sys_seconds date_of_{};
    std::mutex post_mutex_;
    bool open_ = true;
};

}  // namespace qd::http
