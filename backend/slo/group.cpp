#include "slo/group.hpp"

#include <algorithm>

namespace qd::slo {
namespace {

constexpr std::size_t max_id = 64, max_group_title = 200;

bool spells(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string slug_of(const GroupLabels& labels) {
    std::string slug;
    for (const auto& [name, value] : labels) {
        if (!slug.empty() && slug.back() != '-') slug += '-';
        for (char c : value) {
            if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
            if (spells(c))
                slug += c;
            else if (!slug.empty() && slug.back() != '-')
                slug += '-';
        }
    }
    while (slug.ends_with('-')) slug.pop_back();
    return slug.empty() ? "none" : slug;
}

/// Cut so that no character of UTF-8 is halved.
std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
    text.resize(most);
    return text;
}

void narrow(std::vector<LabelMatcher>& matchers, const GroupLabels& labels) {
    for (const auto& [name, value] : labels) matchers.push_back({name, false, {value}});
}

}  // namespace

std::string describe(const GroupLabels& labels) {
    std::string text;
    for (const auto& [name, value] : labels)
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value.empty() ? "none" : value);
    return text;
}

Objective group_objective(const Objective& parent, GroupLabels labels,
                          const std::function<bool(const SloId&)>& taken) {
    std::sort(labels.begin(), labels.end());
    Objective group = parent;
    group.group_by.clear();
    group.absent.reset();
    group.sla.reset();
    group.policy = {};
    group.title = cut(fmt::format("{}: {}", parent.title, describe(labels)), max_group_title);
    const std::string base = parent.id.value + "--", slug = slug_of(labels);
    const std::size_t room = max_id - std::min(max_id - 1, base.size());
    group.id = SloId(base + slug.substr(0, room));
    for (int number = 2; taken(group.id); ++number) {
        const std::string suffix = fmt::format("-{}", number);
        group.id = SloId(base + slug.substr(0, room - std::min(room, suffix.size())) + suffix);
    }
    group.group = Group{parent.id, std::move(labels)};
    return group;
}

core::Result<Indicator> within_group(const Indicator& indicator, const GroupLabels& labels) {
    using core::Errc;
    for (const auto& [name, value] : labels)
        if (value.find_first_of("*|") != std::string::npos || value.starts_with('!'))
            return core::fail(Errc::invalid_argument, "the label {}={} cannot be asked for", name, value);
    Indicator part = indicator;
    if (auto* ratio = std::get_if<RatioIndicator>(&part)) {
        narrow(ratio->good.labels, labels);
        narrow(ratio->total.labels, labels);
    } else if (auto* latency = std::get_if<LatencyIndicator>(&part)) {
        narrow(latency->histogram.labels, labels);
    } else if (auto* time = std::get_if<TimeIndicator>(&part)) {
        narrow(time->good.labels, labels);
        narrow(time->bad.labels, labels);
    } else if (auto* threshold = std::get_if<ThresholdIndicator>(&part)) {
        narrow(threshold->gauge.labels, labels);
    } else if (auto* gauge = std::get_if<BoolGaugeIndicator>(&part)) {
        narrow(gauge->gauge.labels, labels);
    } else {
        return core::fail(Errc::invalid_argument, "a part of PromQL's answers cannot be asked for");
    }
    return part;
}

}  // namespace qd::slo
