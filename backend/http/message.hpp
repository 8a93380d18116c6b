#pragma once
// Requests and responses as values, shared by the server and what handles its requests.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/files.hpp"
#include "telemetry/trace.hpp"

namespace qd::http {

enum class Method { get, head, post, put, patch, del, options };

std::string_view to_string(Method method);
std::optional<Method> parse_method(std::string_view text);

/// Header fields in their order; names compare without case (RFC 9110, 5.1).
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : fields_(fields) {}

    /// The first field of that name, or an empty view.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    void set(std::string_view name, std::string value);
    void add(std::string_view name, std::string value) { fields_.emplace_back(name, std::move(value)); }
    void remove(std::string_view name);

    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    std::size_t size() const { return fields_.size(); }

private:
    std::vector<Field> fields_;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Decoded query parameters; the first of a name counts.
class Query {
public:
    static Query parse(std::string_view encoded);
    /// The value, or nothing when the parameter is absent.
    std::optional<std::string> get(std::string_view name) const;
    std::string get_or(std::string_view name, std::string_view fallback) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return parameters_; }

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

std::string percent_encode(std::string_view text);
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// A body that was too large for memory: a file in the server's spool folder, removed with the last holder.
class SpooledBody {
public:
    SpooledBody(std::filesystem::path path, std::uint64_t size) : path_(std::move(path)), size_(size) {}
    ~SpooledBody();
    SpooledBody(const SpooledBody&) = delete;
    SpooledBody& operator=(const SpooledBody&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::uint64_t size() const { return size_; }
    void set_size(std::uint64_t size) { size_ = size; }  // by whoever writes it

private:
    std::filesystem::path path_;
    std::uint64_t size_;
};

struct Request {
    Method method = Method::get;
    std::string target;  // as sent: path and query
    std::string path;    // decoded; no "..", no NUL
    Query query;
    Headers headers;
    std::string body;                                          // when it fitted the route's memory limit
    std::shared_ptr<const SpooledBody> spooled;                // otherwise
    std::string remote_address;                                // "127.0.0.1"
    std::map<std::string, std::string, std::less<>> captures;  // {id} of the route
    std::string_view route;         // the route's name for metrics; lives as long as the server
    std::string request_id;         // the client's X-Request-Id when it is sane, else new
    telemetry::TraceContext trace;  // a child of the client's traceparent, or a new trace

    std::string_view capture(std::string_view name) const {
        const auto at = captures.find(name);
        return at == captures.end() ? std::string_view{} : std::string_view(at->second);
    }
};

/// A part of an open file, sent by sendfile.
struct FileBody {
    std::shared_ptr<const core::UniqueFd> file;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// Writes an endless body, such as server-sent events. Thread-safe; kept alive by whoever produces.
class StreamWriter {
public:
    virtual ~StreamWriter() = default;
    /// Queues; false once the client is gone or more than 1 MiB waits for it (the stream is then closed).
    virtual bool write(std::string chunk) = 0;
    virtual void close() = 0;
};

/// Called once, when the head has been sent.
struct StreamBody {
    std::function<void(std::shared_ptr<StreamWriter>)> start;
};

struct Response {
    unsigned status = 200;
    Headers headers;
    std::variant<std::string, std::shared_ptr<const std::string>, FileBody, StreamBody> body;
    bool reset = false;  // nothing is sent: the connection is reset (faults on purpose)

    static Response text(unsigned status, std::string body,
                         std::string content_type = "text/plain; charset=utf-8");
    static Response json(unsigned status, std::string body) {
        return text(status, std::move(body), "application/json");
    }
    static Response empty(unsigned status) { return Response{status, {}, std::string{}, false}; }
};

/// "Not Found"; empty for a status without a phrase of ours.
std::string_view status_phrase(unsigned status);

/// Of a body that is no stream; 0 for one.
std::uint64_t body_size(const Response& response);

/// RFC 7807 application/problem+json with type, title, status, detail, request_id.
Response problem(const core::Error& error, std::string_view request_id);
Response problem(unsigned status, std::string_view detail, std::string_view request_id);

/// Applies a single-range Range header (RFC 9110, 14.2) and If-None-Match to a 200 whose body is a FileBody
/// or a string: 206, 416, 304 or the response unchanged. Several ranges are answered with the whole.
Response apply_range(const Request& request, Response whole);

}  // namespace qd::http
