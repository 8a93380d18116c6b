#include "http/range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/message.hpp"

namespace qd::http {
namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Digits only; a number beyond 64 bits counts as the largest one.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc::result_out_of_range ? UINT64_MAX : value;
}

void cut_body(Response& response, const ByteRange& range) {
    if (auto* file = std::get_if<FileBody>(&response.body)) {
        file->offset += range.offset;
        file->size = range.size;
    } else if (auto* text = std::get_if<std::string>(&response.body)) {
        *text = text->substr(range.offset, range.size);
    } else if (auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
        response.body = (*shared)->substr(range.offset, range.size);
    }
}

}  // namespace

ByteRange parse_range(std::string_view header, std::uint64_t total) {
    constexpr std::string_view unit = "bytes=";
    header = trim(header);
    if (header.size() < unit.size() || !equals_ignoring_case(header.substr(0, unit.size()), unit)) return {};
    const std::string_view spec = trim(header.substr(unit.size()));
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return {};
    const std::string_view first_text = trim(spec.substr(0, dash)), last_text = trim(spec.substr(dash + 1));
    const auto first = parse_position(first_text), last = parse_position(last_text);
    using Kind = ByteRange::Kind;
    if (first_text.empty()) {  // the last N bytes
        if (!last) return {};
        if (*last == 0 || total == 0) return {Kind::unsatisfiable, 0, 0};
        const std::uint64_t size = std::min(*last, total);
        return {Kind::part, total - size, size};
    }
    if (!first || (!last_text.empty() && !last) || (last && *last < *first)) return {};
    if (*first >= total) return {Kind::unsatisfiable, 0, 0};
    const std::uint64_t end = last && *last < total - 1 ? *last + 1 : total;
    return {Kind::part, *first, end - *first};
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
    const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
    if (etag.empty()) return false;
    while (!if_none_match.empty()) {
        const std::string_view one = trim(if_none_match.substr(0, if_none_match.find(',')));
        if (one == "*" || (!one.empty() && opaque(one) == opaque(etag))) return true;
        const std::size_t comma = if_none_match.find(',');
        if_none_match =
            comma == std::string_view::npos ? std::string_view{} : if_none_match.substr(comma + 1);
    }
    return false;
}

Response apply_range(const Request& request, Response whole) {
    const bool reading = request.method == Method::get || request.method == Method::head;
    if (whole.status != 200 || !reading || std::holds_alternative<StreamBody>(whole.body)) return whole;
    const std::string etag(whole.headers.get("ETag"));  // a copy: headers are added below
    if (const auto condition = request.headers.get("If-None-Match");
        !condition.empty() && matches_etag(condition, etag)) {
        whole.status = 304;
        whole.body = std::string{};
        return whole;
    }
    whole.headers.set("Accept-Ranges", "bytes");
    const std::string_view header = request.headers.get("Range");
    if (header.empty() || request.method != Method::get) return whole;
    // If-Range: the part only if it is still the same thing, by strong comparison; dates are not compared.
    const std::string_view if_range = request.headers.get("If-Range");
    if (!if_range.empty() && (if_range != etag || etag.starts_with("W/"))) return whole;

    const std::uint64_t total = body_size(whole);
    const ByteRange range = parse_range(header, total);
    if (range.kind == ByteRange::Kind::whole) return whole;
    if (range.kind == ByteRange::Kind::unsatisfiable) {
        Response refused = problem(416, fmt::format("the content has {} bytes", total), request.request_id);
        refused.headers.add("Content-Range", fmt::format("bytes */{}", total));
        return refused;
    }
    whole.status = 206;
    whole.headers.set("Content-Range",
                      fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.size - 1, total));
    cut_body(whole, range);
    return whole;
}

}  // namespace qd::http
