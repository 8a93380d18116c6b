#pragma once
// One request and its answer, as far as no socket is involved: who may ask what, how the answer is framed,
// and what is told about it afterwards.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "http/request_parser.hpp"
#include "http/response_head.hpp"
#include "http/response_writer.hpp"
#include "http/server_state.hpp"

namespace qd::http {

/// Used again for each request of a connection. Not thread-safe.
class Exchange {
public:
    Exchange(const ServerState& server, std::string remote_address)
        : server_(server), remote_address_(std::move(remote_address)) {}

    /// A head has been read: fills the request and finds its route. Whatever is wrong with it before anybody
    /// handles it comes back as the answer.
    std::optional<Response> begin(RequestHead& head, core::Random& random, core::SteadyTime now);
    /// What came is no head; there is a request to be told about all the same.
    void begin_unknown(core::Random& random, core::SteadyTime now);
    bool under_way() const { return under_way_; }

    Request& request() { return request_; }
    const Route& route() const { return *route_; }
    const std::string& request_id() const { return summary_.request_id; }
    bool has_body() const { return has_body_; }
    core::SteadyTime started_at() const { return started_at_; }

    /// The connection cannot be used further after this answer.
    void end_connection() { keep_alive_ = false; }
    bool keeps_connection() const { return keep_alive_; }

    void set_answer(Response&& answer, core::SteadyTime now);
    Response& answer() { return answer_; }
    bool answer_begun() const { return answer_begun_; }
    core::SteadyTime answered_at() const { return answered_at_; }
    /// Writes the head into the writer and hands it the body, but for a stream's.
    Framing begin_answer(ResponseWriter& writer, std::string_view date);

    /// Tells the observers, once; `sent_bytes` counts head and body.
    void complete(bool aborted, std::uint64_t sent_bytes);
    /// Lets go of what request and answer hold.
    void clear();

    Response too_large() const;

private:
    void fill(RequestHead& head, core::Random& random);
    std::optional<Response> check(const RequestHead& head);

    const ServerState& server_;
    const std::string remote_address_;
    Request request_;
    Request summary_;  // what stays for the observers when the request has been handed on
    const Route* route_ = nullptr;
    bool has_body_ = false;
    bool keep_alive_ = true;
    bool http_1_0_ = false;
    Response answer_;
    bool under_way_ = false;
    bool answer_begun_ = false;
    core::SteadyTime started_at_, answered_at_;
};

/// A spool that cannot be written: a full disk is the client's to know (507), anything else is our trouble
/// alone (503).
Response spool_failure(const core::Error& error, std::string_view request_id);

}  // namespace qd::http
