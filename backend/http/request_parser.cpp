#include "http/request_parser.hpp"

#include <utility>

#include <boost/beast/http/basic_parser.hpp>

namespace qd::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

std::optional<Method> method_of(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get:
            return Method::get;
        case beast::http::verb::head:
            return Method::head;
        case beast::http::verb::post:
            return Method::post;
        case beast::http::verb::put:
            return Method::put;
        case beast::http::verb::patch:
            return Method::patch;
        case beast::http::verb::delete_:
            return Method::del;
        case beast::http::verb::options:
            return Method::options;
        default:
            return std::nullopt;
    }
}

std::string_view view(string_view text) {
    return {text.data(), text.size()};
}

/// RFC 9112, 6.1: a transfer coding that is not the one understood here leaves the message's end in doubt,
/// and whoever stands before us may see it elsewhere.
bool is_framed_clearly(const RequestHead& head) {
    bool coded = false;
    for (const auto& [name, value] : head.headers) {
        if (!equals_ignoring_case(name, "Transfer-Encoding")) continue;
        if (coded || !equals_ignoring_case(value, "chunked") || head.version == 10) return false;
        coded = true;
    }
    return coded == head.chunked;
}

}  // namespace

/// Beast calls back per field and per piece of the body; fields land in our own headers without a detour.
class BeastParser final : public beast::http::basic_parser<true> {
public:
    explicit BeastParser(std::size_t most_headers) : most_headers_(most_headers) {}

    RequestHead head;
    BodyCollector* body = nullptr;
    bool too_many_headers = false;
    bool unsupported_version = false;
    bool body_too_large = false;

private:
    static error_code refusal() { return beast::http::make_error_code(beast::http::error::bad_field); }

    void on_request_impl(beast::http::verb verb, string_view, string_view target, int version,
                         error_code& ec) override {
        head.method = method_of(verb);
        head.target.assign(target.data(), target.size());
        head.version = unsigned(version);
        if (version == 10 || version == 11) return;
        unsupported_version = true;
        ec = refusal();
    }

    void on_response_impl(int, string_view, int, error_code&) override {}

    void on_field_impl(beast::http::field field, string_view name, string_view value,
                       error_code& ec) override {
        if (head.headers.size() >= most_headers_) {
            too_many_headers = true;
            ec = refusal();
            return;
        }
        if (field == beast::http::field::expect && equals_ignoring_case(view(value), "100-continue"))
            head.expects_continue = true;
        head.headers.add(view(name), std::string(view(value)));
    }

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    void on_finish_impl(error_code&) override {}

    std::size_t on_body_impl(string_view bytes, error_code& ec) override {
        if (body == nullptr || body->append(view(bytes))) return bytes.size();
        body_too_large = true;
        ec = refusal();
        return 0;
    }

    std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) override {
        return on_body_impl(bytes, ec);
    }

    std::size_t most_headers_;
};

struct RequestParser::Impl {
    std::optional<BeastParser> parser;  // Beast's cannot be reset, only made anew

    Status failure(const error_code& error) const {
        if (parser->unsupported_version || error == beast::http::error::bad_version)
            return Status::unsupported_version;
        if (parser->body_too_large) return Status::body_too_large;
        if (parser->too_many_headers || error == beast::http::error::header_limit)
            return Status::head_too_large;
        return Status::bad;
    }

    /// Feeds until Beast wants more, stops at the end of the head or of the message, or refuses.
    Status put(std::string_view bytes, std::size_t& used, bool until_head) {
        used = 0;
        while (true) {
            if (parser->is_done() && !until_head) return Status::done;
            if (until_head && parser->is_header_done()) return Status::head_done;
            if (used == bytes.size()) return Status::need_more;
            error_code error;
            used += parser->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
            if (error == beast::http::error::need_more) return Status::need_more;
            if (error) return failure(error);
        }
    }
};

RequestParser::RequestParser(std::size_t max_header_bytes, std::size_t most_headers)
    : impl_(std::make_unique<Impl>()), max_header_bytes_(max_header_bytes), most_headers_(most_headers) {
    reset();
}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
    impl_->parser.emplace(most_headers_);
    impl_->parser->header_limit(std::uint32_t(max_header_bytes_));
    // The collector limits, by route. Not boost::none: Beast 1.74 compares with it as with a number, and all
    // exceeds it.
    impl_->parser->body_limit(UINT64_MAX);
}

RequestParser::Status RequestParser::parse_head(std::string_view bytes, std::size_t& used) {
    const Status status = impl_->put(bytes, used, true);
    if (status != Status::head_done) return status;
    BeastParser& parser = *impl_->parser;
    parser.head.keep_alive = parser.keep_alive();
    parser.head.chunked = parser.chunked();
    if (const auto length = parser.content_length()) parser.head.content_length = *length;
    return is_framed_clearly(parser.head) ? status : Status::bad;
}

RequestParser::Status RequestParser::parse_body(std::string_view bytes, std::size_t& used,
                                                BodyCollector& body) {
    impl_->parser->body = &body;
    return impl_->put(bytes, used, false);
}

RequestHead& RequestParser::head() {
    return impl_->parser->head;
}

}  // namespace qd::http
