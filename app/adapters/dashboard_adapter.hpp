#pragma once
// The dashboards there are, kept current by opsd's events, and what their panels draw.

#include <functional>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "opsclient/dashboards.hpp"

namespace qd::app {

class DashboardAdapter : public Domain {
    Q_OBJECT

public:
    explicit DashboardAdapter(OpsLink& link, QObject* parent = nullptr);

    const opsclient::Dashboards& all() const { return all_; }
    /// Null when there is none of this id.
    const opsclient::Dashboard* find(const QString& id) const;

    using CurvesDone = std::function<void(core::Result<opsclient::PanelCurves>)>;
    /// What a panel draws; `done` runs on the UI thread while `context` lives and `latest` has not been asked
    /// anew.
    void curves(const QString& id, int panel, core::WallTime from, core::WallTime to, int points,
                QObject* context, Latest& latest, CurvesDone done);

protected:
    void fetch() override;

private:
    OpsLink& link_;
    opsclient::Dashboards all_;
};

}  // namespace qd::app
