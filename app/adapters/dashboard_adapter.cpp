#include "app/adapters/dashboard_adapter.hpp"

#include <algorithm>

namespace qd::app {

DashboardAdapter::DashboardAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("dashboard")) touch();
    });
}

const opsclient::Dashboard* DashboardAdapter::find(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto at = std::find_if(all_.items.begin(), all_.items.end(),
                                 [&](const opsclient::Dashboard& board) { return board.id.value == wanted; });
    return at == all_.items.end() ? nullptr : &*at;
}

void DashboardAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->dashboards(latest().ask<opsclient::Dashboards>(this, [this](auto result) {
        if (!result) return failed(result.error());
        all_ = std::move(*result);
        arrived();
    }));
}

void DashboardAdapter::curves(const QString& id, int panel, core::WallTime from, core::WallTime to,
                              int points, QObject* context, Latest& latest, CurvesDone done) {
    if (!link_.client()) return;
    link_.client()->panel_series(dashboards::DashboardId(id.toStdString()), std::size_t(panel), from, to,
                                 points, latest.ask<opsclient::PanelCurves>(context, std::move(done)));
}

}  // namespace qd::app
