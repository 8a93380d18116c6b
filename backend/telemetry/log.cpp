#include "telemetry/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "telemetry/json_text.hpp"

namespace qd::telemetry {
namespace {
namespace chr = std::chrono;

constexpr std::size_t block_bytes = 64 << 10;
constexpr std::size_t most_blocks = 64;  // 4 MiB wait at most
constexpr chr::milliseconds batching{50};
constexpr std::uint64_t file_bytes = 16 << 20;
constexpr std::size_t files_kept = 3;

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "info";
}

/// The calendar part changes once a second and is kept per thread.
void append_time(std::string& out, core::WallTime at) {
    thread_local chr::sys_seconds cached{chr::seconds(-1)};
    thread_local std::string text;
    const auto second = chr::floor<chr::seconds>(at);
    if (second != cached || text.empty()) {
        cached = second;
        text = core::format_rfc3339(at).substr(0, 20);  // up to and with the dot
    }
    out += text;
    const auto ms = unsigned((at - second).count());
    out += char('0' + ms / 100);
    out += char('0' + ms / 10 % 10);
    out += char('0' + ms % 10);
    out += 'Z';
}

void append_field(std::string& out, const LogField& field) {
    out += ',';
    append_json_string(out, field.name);
    out += ':';
    std::visit(
        [&](const auto& value) {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string_view>)
                append_json_string(out, value);
            else if constexpr (std::is_same_v<Value, bool>)
                out += value ? "true" : "false";
            else if constexpr (std::is_same_v<Value, double>)
                append_json_number(out, value);
            else
                fmt::format_to(std::back_inserter(out), "{}", value);
        },
        field.value);
}

std::shared_ptr<spdlog::sinks::sink> make_sink(const std::string& file) {
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (!file.empty()) {
        try {
            sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(file, file_bytes, files_kept);
        } catch (const spdlog::spdlog_ex&) {
            // A log that cannot be opened must not keep a service from running: stderr is always there.
        }
    }
    if (!sink) sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
    sink->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, ""));
    return sink;
}

}  // namespace

/// Lines are gathered into blocks and handed to spdlog's sink by one thread every 50 ms (at once from warning
/// up), so that a busy caller neither writes nor wakes anybody per line.
struct Log::Impl {
    Impl(const std::string& service, const std::string& instance, const std::string& file)
        : sink(make_sink(file)) {
        identity = ",\"service\":";
        append_json_string(identity, service);
        identity += ",\"instance\":";
        append_json_string(identity, instance);
        identity += ",\"message\":";
        writer = std::thread([this] { run(); });
    }

    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        wake.notify_all();
        writer.join();
    }

    void append(const std::string& text, bool at_once) {
        bool notify = false;
        {
            const std::lock_guard lock(mutex);
            notify = (filling.empty() && blocks.empty()) || (at_once && !urgent);
            urgent = urgent || at_once;
            filling += text;
            if (filling.size() >= block_bytes) {
                blocks.push_back(std::move(filling));
                filling = {};
                filling.reserve(block_bytes + 1024);
                if (blocks.size() > most_blocks) {
                    dropped_bytes += blocks.front().size();
                    blocks.pop_front();
                }
            }
        }
        if (notify) wake.notify_one();
    }

    void run() {
        core::name_this_thread("log");
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [this] { return stopping || !filling.empty() || !blocks.empty(); });
            if (!urgent && !stopping) wake.wait_for(lock, batching, [this] { return stopping || urgent; });
            urgent = false;
            std::deque<std::string> ready;
            ready.swap(blocks);
            if (!filling.empty()) ready.push_back(std::exchange(filling, {}));
            const std::uint64_t lost = std::exchange(dropped_bytes, 0);
            const bool last = stopping;
            lock.unlock();
            if (lost > 0) hand_over(lost_line(lost));
            for (const std::string& block : ready) hand_over(block);
            flush();
            lock.lock();
            if (last && filling.empty() && blocks.empty()) return;
        }
    }

    std::string lost_line(std::uint64_t bytes) const {
        std::string line = "{\"at\":\"";
        append_time(line, core::SystemClock().now());
        line += "\",\"level\":\"warning\"" + identity + "\"log lines dropped: the writer fell behind\"";
        return line + fmt::format(",\"dropped_bytes\":{}}}\n", bytes);
    }

    void hand_over(const std::string& text) {
        try {
            sink->log(spdlog::details::log_msg({}, spdlog::level::info,
                                               spdlog::string_view_t(text.data(), text.size())));
        } catch (const std::exception&) {
            // A full disk loses log lines, never the service.
        }
    }

    void flush() {
        try {
            sink->flush();
        } catch (const std::exception&) {
        }
    }

    std::string identity;
    std::atomic<LogLevel> lowest{LogLevel::info};
    std::shared_ptr<spdlog::sinks::sink> sink;  // the writer's alone

    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::string> blocks;  // oldest first
    std::string filling;
    std::uint64_t dropped_bytes = 0;
    bool urgent = false;
    bool stopping = false;
    std::thread writer;
};

Log::Log(std::string service, std::string instance, const std::string& file)
    : impl_(std::make_unique<Impl>(service, instance, file)) {}

Log::Log() = default;

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    if (!impl_ || level < impl_->lowest.load(std::memory_order_relaxed)) return;
    thread_local std::string line;
    line.assign("{\"at\":\"");
    append_time(line, chr::time_point_cast<chr::milliseconds>(chr::system_clock::now()));
    line += "\",\"level\":\"";
    line += name_of(level);
    line += '"';
    line += impl_->identity;
    append_json_string(line, message);
    for (const LogField& field : fields) append_field(line, field);
    line += "}\n";
    impl_->append(line, level >= LogLevel::warning);
}

void Log::set_level(LogLevel lowest) {
    if (impl_) impl_->lowest.store(lowest, std::memory_order_relaxed);
}

Log& null_log() {
    static Log log;
    return log;
}

}  // namespace qd::telemetry
