#include "prometheus/source.hpp"

#include <algorithm>
#include <set>

namespace qd::prometheus {
namespace {

using core::Errc;

constexpr std::size_t max_sources = 50;
constexpr std::size_t max_query_bytes = 64 << 10;

std::string api_time(core::WallTime at) {
    const auto ms = std::max<std::int64_t>(0, at.time_since_epoch().count());
    return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

/// What an answer that is no success means: its own words where it has some.
core::Error error_of(const http::ClientResponse& response) {
    if (const auto told = decode_answer(response.body);
        !told && told.error().code != Errc::corrupt && told.error().code != Errc::too_large)
        return told.error();
    return {response.status >= 400 ? core::from_http_status(response.status) : Errc::unavailable,
            fmt::format("answered with status {}", response.status)};
}

/// The question was refused, not the one who asked: the source is there.
bool is_about_the_query(Errc code) {
    return code == Errc::invalid_argument || code == Errc::unprocessable || code == Errc::too_large;
}

}  // namespace

std::vector<SourceOptions> read_sources(core::ConfigReader& reader, const std::string& key) {
    std::vector<SourceOptions> sources;
    std::set<std::string> names;
    for (core::ConfigReader& entry : reader.children(key)) {
        SourceOptions source;
        source.name = entry.require<std::string>("name");
        const bool plain =
            source.name.size() <= 64 && std::all_of(source.name.begin(), source.name.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
            });
        if (entry.has("name") && (source.name.empty() || !plain))
            entry.reject("name", "must be 1 to 64 of a-z 0-9 and '-'");
        source.access = http::read_access(entry);
        source.limits.slow = core::Seconds(entry.get_in_range<double>("slow_s", 1, 0.05, 60));
        source.poll = std::chrono::seconds(entry.get_in_range<int>("poll_s", 1, 1, 15));
        source.max_series =
            entry.get_in_range<std::size_t>("max_series", source.max_series, 1, AnswerLimits{}.series);
        if (!names.insert(source.name).second) entry.reject("name", "is given twice");
        (void)entry.finish();
        reader.merge(entry);
        sources.push_back(std::move(source));
    }
    if (sources.size() > max_sources) reader.reject(key, "has too many entries: at most 50");
    return sources;
}

Source::Source(SourceOptions options, http::Client& client, const core::Clock& clock)
    : options_(std::move(options)), calls_(client), clock_(clock) {}

core::Result<Answer> Source::instant(std::string_view query, std::optional<core::WallTime> at) {
    std::string form = "query=" + http::percent_encode(query);
    if (at) form += "&time=" + api_time(*at);
    return ask("/api/v1/query", std::move(form), ResultType::vector);
}

core::Result<Answer> Source::range(std::string_view query, const RangeQuery& range) {
    if (range.step < std::chrono::seconds(1) || range.to < range.from || range.points() > max_points)
        return core::fail(Errc::invalid_argument, "a range query must have 1 to {} points; plan it",
                          max_points);
    return ask("/api/v1/query_range",
               fmt::format("query={}&start={}&end={}&step={}", http::percent_encode(query),
                           api_time(range.from), api_time(range.to), range.step.count()),
               ResultType::matrix);
}

core::Result<Answer> Source::ask(std::string_view path, std::string form, ResultType expected) {
    if (form.size() > max_query_bytes)
        return core::fail(Errc::invalid_argument, "the query is longer than {} bytes", max_query_bytes);
    auto request = http::request_to(options_.access, http::Method::post, path);
    if (!request) return core::Failure(request.error());
    request->headers.set("Content-Type", "application/x-www-form-urlencoded");
    request->headers.set("Accept", "application/json");
    request->max_body_bytes = AnswerLimits{}.bytes;
    request->body = fmt::format("{}&timeout={}ms", form, options_.access.timeout.count());

    AnswerLimits limits;
    limits.series = options_.max_series;
    Asked asked;
    asked.sent_at = clock_.now();
    const auto began = clock_.steady_now();
    const auto response = calls_.fetch(std::move(*request));
    asked.ended_at =
        asked.sent_at + std::chrono::floor<std::chrono::milliseconds>(clock_.steady_now() - began);
    core::Result<Answer> answer;
    if (!response && response.error().code == Errc::cancelled) return core::Failure(response.error());
    if (!response) {
        answer = core::Failure(response.error());
    } else {
        if (const auto date = core::parse_http_date(response->headers.get("Date"))) asked.peer_clock = *date;
        if (response->status >= 200 && response->status < 300)
            answer = decode_answer(response->body, limits);
        else
            answer = core::Failure(error_of(*response));
        if (answer && answer->type != expected && answer->type != ResultType::scalar)
            answer = core::fail(Errc::invalid_argument,
                                "the query gives no single values: it is no instant vector");
    }
    if (answer)
        asked.warnings = answer->warnings;
    else if (!is_about_the_query(answer.error().code))
        asked.error = answer.error().message;
    note(asked);
    if (!answer) return core::fail_with_context("the source '" + options_.name + "'", answer.error());
    return answer;
}

void Source::note(const Asked& asked) {
    const std::lock_guard lock(mutex_);
    state_ = advance(std::move(state_), asked, options_.limits);
}

SourceState Source::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

}  // namespace qd::prometheus
