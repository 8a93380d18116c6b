#include "postmortems/engine/figure_store.hpp"

#include <algorithm>

#include "postmortems/figures_codec.hpp"

namespace qd::postmortems {
namespace {

std::string figure_stream(const incidents::IncidentId& incident) {
    return "figures/" + incident.value;
}

}  // namespace

core::Result<> FigureStore::keep(const incidents::IncidentId& incident, const Figures& figures) {
    const bool measured = std::ranges::any_of(
        figures.objectives, [](const ObjectiveCost& cost) { return !cost.series.points.empty(); });
    if (!measured) return {};
    std::string text = encode_figures(figures);
    const auto before = latest(incident);
    if (!before) return core::Failure(before.error());
    if (*before && encode_figures(**before) == text) return {};
    auto written = log_.append(figure_stream(incident), {{"figures", std::move(text)}});
    if (!written) return core::Failure(written.error());
    return {};
}

core::Result<std::optional<Figures>> FigureStore::latest(const incidents::IncidentId& incident) const {
    const auto last = log_.last_seq(figure_stream(incident));
    if (!last) return core::Failure(last.error());
    if (*last == 0) return std::nullopt;
    const auto rows = log_.read(figure_stream(incident), *last, 1);
    if (!rows) return core::Failure(rows.error());
    if (rows->empty()) return std::nullopt;
    auto figures = decode_figures(rows->front().body);
    if (!figures)
        return core::fail(core::Errc::corrupt, "the figures kept of {}: {}", incident.value,
                          figures.error().message);
    return std::optional(std::move(*figures));
}

}  // namespace qd::postmortems
