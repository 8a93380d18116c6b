#include "app/adapters/slo_adapter.hpp"

#include <algorithm>

namespace qd::app {

SloAdapter::SloAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::slosArrived, this, [this](const std::vector<slo::Status>& statuses) {
        statuses_ = statuses;
        arrived();
    });
}

const slo::Status* SloAdapter::find(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto at = std::find_if(statuses_.begin(), statuses_.end(), [&](const slo::Status& status) {
        return status.objective.id.value == wanted;
    });
    return at == statuses_.end() ? nullptr : &*at;
}

void SloAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->slos(latest().ask<std::vector<slo::Status>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        statuses_ = std::move(*result);
        arrived();
    }));
}

std::vector<slo::Status> shownStatuses(const SloAdapter& slos) {
    std::vector<slo::Status> statuses = slos.statuses();
    if (slos.isStale())
        for (slo::Status& status : statuses) status.health = slo::Health::stale;
    return statuses;
}

AlertAdapter::AlertAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::alertArrived, this, &AlertAdapter::touch);
}

int AlertAdapter::firing() const {
    return int(std::count_if(alerts_.begin(), alerts_.end(),
                             [](const slo::Alert& alert) { return alert.state == slo::AlertState::firing; }));
}

void AlertAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->alerts(latest().ask<std::vector<slo::Alert>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        alerts_ = std::move(*result);
        arrived();
    }));
}

}  // namespace qd::app
