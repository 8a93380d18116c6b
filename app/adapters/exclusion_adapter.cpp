#include "app/adapters/exclusion_adapter.hpp"

#include <algorithm>

namespace qd::app {

ExclusionAdapter::ExclusionAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("exclusion")) touch();
    });
}

const slo::Exclusion* ExclusionAdapter::find(const QString& id) const {
    const auto at = std::ranges::find(exclusions_, slo::ExclusionId(id.toStdString()), &slo::Exclusion::id);
    return at == exclusions_.end() ? nullptr : &*at;
}

void ExclusionAdapter::add(const slo::Exclusion& exclusion, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->add_exclusion(
        exclusion, deliver<slo::Exclusion>(this, [this, done = std::move(done)](auto result) {
            if (!result) return done(core::Failure(result.error()));
            refresh();
            done(QVariantMap{{"exclusion", QString::fromStdString(result->id.value)}});
        }));
}

void ExclusionAdapter::remove(const slo::ExclusionId& id, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->remove_exclusion(id, deliver<void>(this, [this, id, done = std::move(done)](auto result) {
                                         if (!result) return done(core::Failure(result.error()));
                                         refresh();
                                         done(QVariantMap{{"exclusion", QString::fromStdString(id.value)}});
                                     }));
}

void ExclusionAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->exclusions(latest().ask<std::vector<slo::Exclusion>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        exclusions_ = std::move(*result);
        arrived();
    }));
}

FaultAdapter::FaultAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("fault")) touch();
    });
}

void FaultAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->faults_with_past(latest().ask<std::vector<chaos::Fault>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        faults_ = std::move(*result);
        arrived();
    }));
}

}  // namespace qd::app
