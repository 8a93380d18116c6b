#include <algorithm>

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"
#include "opsd/incident_detail_routes.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;

constexpr std::chrono::hours longest_span{93 * 24};
/// What one question for history answers at most.
constexpr int points_a_question = 2'000;

}  // namespace

core::Result<incidents::EventBody> freeze(const Context& context, const slo::SloId& slo, core::WallTime from,
                                          core::WallTime to, std::string text) {
    using std::chrono::seconds;
    if (from >= to) return core::fail(Errc::invalid_argument, "from must be before to");
    if (to - from > longest_span)
        return core::fail(Errc::invalid_argument, "evidence spans at most {} days",
                          std::chrono::duration_cast<std::chrono::hours>(longest_span).count() / 24);
    if (!context.slo_history) return core::fail(Errc::unavailable, "there is no history here");
    const auto length_s = std::chrono::duration_cast<seconds>(to - from).count() + 1;
    constexpr auto most = std::int64_t(incidents::max_samples);
    const std::int64_t step_s = std::max<std::int64_t>(1, (length_s + most - 1) / most);
    incidents::EventBody body;
    std::int64_t coarsest = step_s;
    for (core::WallTime begin = from; begin < to;) {
        const core::WallTime end = std::min(to, begin + seconds(step_s * (points_a_question - 1)));
        const auto history = context.slo_history(slo, begin, end, points_a_question);
        if (!history) return Failure(history.error());
        if (!history->points.empty()) coarsest = std::max(coarsest, history->step_s);
        for (const slo::HistoryPoint& point : history->points) {
            const auto ratio = point.counts.good_ratio();
            // Steps that lie across two questions are told twice.
            if (!ratio || (!body.samples.empty() && point.at <= body.samples.back().at)) continue;
            if (body.samples.size() == incidents::max_samples) break;
            body.samples.push_back({point.at, *ratio});
        }
        begin = end;
    }
    if (body.samples.empty())
        return core::fail(Errc::invalid_argument,
                          "nothing of '{}' is kept from {} to {}: there is nothing to freeze", slo.value,
                          core::format_rfc3339(from), core::format_rfc3339(to));
    std::string title = slo.value;
    std::string objective;
    if (context.slo_statuses)
        for (const slo::Status& status : context.slo_statuses())
            if (status.objective.id == slo) {
                title = status.objective.title;
                objective = fmt::format(", objective {}", status.objective.target);
            }
    body.subject = slo.value;
    body.unit = "ratio";
    body.query = fmt::format("good / total of {} every {} s{}", slo.value, coarsest, objective);
    body.text = text.empty()
                    ? fmt::format("{}, {} to {}", title, core::format_rfc3339(from), core::format_rfc3339(to))
                    : std::move(text);
    return body;
}

void add_evidence_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk) {
    context.post(server, "/api/v1/incidents/{id}/evidence", security::Role::responder,
                 [&context, &desk](const Call& call) -> core::Result<http::Response> {
                     const incidents::IncidentId id{std::string(call.request.capture("id"))};
                     if (auto known = desk.get(id); !known) return Failure(known.error());
                     const auto value = core::parse_json(call.request.body);
                     if (!value) return Failure(value.error());
                     core::JsonFields fields(*value);
                     const std::string slo = fields.text("slo", 200);
                     if (slo.empty() && fields.finish()) fields.refuse("slo", "is missing");
                     const auto from = fields.required_time("from");
                     const auto to = fields.required_time("to");
                     const std::string text = fields.text("text");
                     if (auto read = fields.finish(); !read) return Failure(read.error());
                     auto body = freeze(context, slo::SloId(slo), from, to, text);
                     if (!body) return Failure(body.error());
                     const auto done = desk.record(id, incidents::EventKind::evidence, std::move(*body),
                                                   call.actor.name, "api");
                     if (!done) return Failure(done.error());
                     return json_response(201, to_json(done->event), done->incident.version);
                 });
}

}  // namespace qd::opsd
