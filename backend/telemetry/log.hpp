#pragma once
// Structured logs: one JSON object a line, on stderr or in a file, written off the caller's thread.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace qd::telemetry {

enum class LogLevel { debug, info, warning, error };

/// A name and a value; strings are escaped, numbers are not quoted.
struct LogField {
    std::string_view name;
    std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view> value;

    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, bool v) : name(n), value(v) {}
    template <class T>
    requires std::is_arithmetic_v<T> LogField(std::string_view n, T v) : name(n) {
        if constexpr (std::is_floating_point_v<T>)
            value = double(v);
        else if constexpr (std::is_signed_v<T>)
            value = std::int64_t(v);
        else
            value = std::uint64_t(v);
    }
};

/// Thread-safe; a call costs about a microsecond. When the writer falls behind, the oldest lines are dropped
/// rather than the caller held up.
class Log {
public:
    /// `service` and `instance` go into every line. `file` empty: stderr; else a file that rotates at 16 MiB,
    /// 3 kept.
    Log(std::string service, std::string instance, const std::string& file = {});
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// {"at":"…","level":"info","service":"…","instance":"…","message":"…", fields…}
    void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
    void debug(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::debug, m, f); }
    void info(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::info, m, f); }
    void warning(std::string_view m, std::initializer_list<LogField> f = {}) {
        write(LogLevel::warning, m, f);
    }
    void error(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::error, m, f); }

    void set_level(LogLevel lowest);

private:
    friend Log& null_log();
    Log();  // drops everything

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A log that drops everything, for tests and short commands. Thread-safe.
Log& null_log();

}  // namespace qd::telemetry
