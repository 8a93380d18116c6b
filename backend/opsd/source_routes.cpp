#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "opsd/source_desk.hpp"

namespace qd::opsd {
namespace {

nlohmann::json encode(const SourceView& view) {
    const auto number = [](const std::optional<double>& value) {
        return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
    };
    nlohmann::json backfill = nullptr;
    if (view.backfill)
        backfill = {{"left_s", view.backfill->left_s},
                    {"filled_s", view.backfill->filled_s},
                    {"reason", view.backfill->reason.empty() ? nlohmann::json(nullptr)
                                                             : nlohmann::json(view.backfill->reason)}};
    return {{"name", view.name},
            {"kind", view.kind},
            {"url", view.url.empty() ? nlohmann::json(nullptr) : nlohmann::json(view.url)},
            {"health", view.health},
            {"reasons", view.reasons},
            {"since", core::json_time(view.since)},
            {"answered_at", core::json_time(view.answered_at)},
            {"took_s", number(view.took_s)},
            {"ahead_s", number(view.ahead_s)},
            {"objectives", view.objectives},
            {"backfill", std::move(backfill)}};
}

}  // namespace

void add_source_routes(http::Server& server, Context& context, const SourceDesk& desk) {
    context.get(server, "/api/v1/sources", [&desk](const Call&) -> core::Result<http::Response> {
        nlohmann::json items = nlohmann::json::array();
        for (const SourceView& view : desk.list()) items.push_back(encode(view));
        return list_response(std::move(items));
    });
}

}  // namespace qd::opsd
