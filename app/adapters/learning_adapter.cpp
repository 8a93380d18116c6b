#include "app/adapters/learning_adapter.hpp"

namespace qd::app {
namespace {
constexpr int kLearningPeriodMs = 10'000;  // before pages call it stale
}

LearningAdapter::LearningAdapter(OpsLink& link, QObject* parent)
    : Domain(kLearningPeriodMs, parent), link_(link) {}

void LearningAdapter::setFilter(const Filter& filter) {
    if (filter == filter_) return;
    filter_ = filter;
    report_.reset();
    latest().cancel();
    // The question that may be under way is of the other filter: start over.
    const bool online = isOnline();
    setOnline(false);
    setOnline(online);
    emit changed();
}

learning::Query LearningAdapter::query() const {
    const core::WallTime now = link_.clock().now();
    return {now - std::chrono::days(filter_.days), now, filter_.service, filter_.severity};
}

void LearningAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->learning(query(), latest().ask<learning::Report>(this, [this](auto report) {
        if (!report) return failed(report.error());
        report_ = std::move(*report);
        arrived();
    }));
}

void LearningAdapter::readTable(std::function<void(core::Result<std::string>)> done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->learning_csv(query(), deliver<std::string>(this, std::move(done)));
}

}  // namespace qd::app
