#include <algorithm>
#include <cmath>

#include "core/markup.hpp"
#include "postmortems/export.hpp"

namespace qd::postmortems {
namespace {

using core::escape_html;

constexpr double width = 960, height = 300, left = 64, right = 16, top = 56, bottom = 32;

struct Scale {
    core::WallTime from, to;
    double low, high;

    double x(core::WallTime at) const {
        const double span = std::max(1.0, double((to - from).count()));
        return left + (width - left - right) * std::clamp(double((at - from).count()) / span, 0.0, 1.0);
    }
    double y(double value) const {
        return top + (height - top - bottom) * (1 - std::clamp((value - low) / (high - low), 0.0, 1.0));
    }
};

bool has_ratio(const Series::Point& point) {
    return point.total > 0;
}
double ratio(const Series::Point& point) {
    return std::clamp(point.good / point.total, 0.0, 1.0);
}

std::string clock_time(core::WallTime at) {
    return core::format_rfc3339(at).substr(11, 8);
}

void draw_axes(std::string& svg, const Scale& scale, double objective) {
    for (int i = 0; i <= 4; ++i) {
        const double value = scale.low + (scale.high - scale.low) * i / 4;
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
            "<text class=\"axis\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{:.2f} %</text>\n",
            left, width - right, scale.y(value), scale.y(value), left - 6, scale.y(value) + 4, value * 100);
    }
    for (int i = 0; i <= 4; ++i) {
        const auto at = scale.from + (scale.to - scale.from) * i / 4;
        svg += fmt::format("<text class=\"axis\" text-anchor=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                           i == 0   ? "start"
                           : i == 4 ? "end"
                                    : "middle",
                           scale.x(at), height - 10, clock_time(at));
    }
    svg +=
        fmt::format("<line class=\"objective\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                    left, width - right, scale.y(objective), scale.y(objective));
}

/// One line for each run of points without a gap: a gap is not a straight line.
void draw_line(std::string& svg, const Scale& scale, const Series& series) {
    const auto gap = std::chrono::milliseconds(std::int64_t(std::max(1.0, series.step_s) * 1500));
    std::string run;
    std::optional<core::WallTime> before;
    const auto flush = [&] {
        if (!run.empty()) svg += "<polyline class=\"sli\" points=\"" + run + "\"/>\n";
        run.clear();
    };
    for (const Series::Point& point : series.points) {
        if (!has_ratio(point) || (before && point.at - *before > gap)) flush();
        before = point.at;
        if (has_ratio(point)) run += fmt::format("{:.1f},{:.1f} ", scale.x(point.at), scale.y(ratio(point)));
    }
    flush();
}

void draw_marks(std::string& svg, const Scale& scale, const std::vector<Mark>& marks) {
    int row = 0;
    for (const Mark& mark : marks) {
        if (mark.at < scale.from || mark.at > scale.to) continue;
        const double x = scale.x(mark.at), y = 12 + 13 * (row++ % 3);
        const bool flip = x > width - 140;
        svg += fmt::format(
            "<line class=\"mark\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
            "<text class=\"label\" text-anchor=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
            x, x, y, height - bottom, flip ? "end" : "start", flip ? x - 3 : x + 3, y,
            escape_html(mark.label));
    }
}

}  // namespace

std::string chart_svg(const Series& series, const std::vector<Mark>& marks) {
    if (std::ranges::count_if(series.points, has_ratio) < 2) return {};
    Scale scale{series.points.front().at, series.points.back().at, 1, 1};
    for (const Series::Point& point : series.points) {
        scale.from = std::min(scale.from, point.at);
        scale.to = std::max(scale.to, point.at);
        if (has_ratio(point)) scale.low = std::min(scale.low, ratio(point));
    }
    const double objective = std::clamp(series.objective, 0.0, 1.0);
    // The objective stays visible, and a perfect line is not pressed against the bottom.
    scale.low =
        std::max(0.0, std::min(scale.low, objective) - 0.1 * (1 - std::min(scale.low, objective)) - 0.001);
    std::string svg = fmt::format(
        "<svg class=\"chart\" viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-label=\"{}\">\n", width, height,
        escape_html(fmt::format("{}: share of good events from {} to {}, objective {:.3g} %", series.title,
                                clock_time(scale.from), clock_time(scale.to), objective * 100)));
    draw_axes(svg, scale, objective);
    draw_line(svg, scale, series);
    draw_marks(svg, scale, marks);
    return svg + "</svg>\n";
}

}  // namespace qd::postmortems
