#pragma once
// Objectives as they stand, pushed by opsd about once a second, and the alerts they raise.

#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "slo/alert.hpp"
#include "slo/status.hpp"

namespace qd::app {

class SloAdapter : public Domain {
    Q_OBJECT

public:
    SloAdapter(OpsLink& link, QObject* parent = nullptr);

    const std::vector<slo::Status>& statuses() const { return statuses_; }
    const slo::Status* find(const QString& id) const;

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<slo::Status> statuses_;
};

/// The statuses as they may be shown: all of them stale once the connection is.
std::vector<slo::Status> shownStatuses(const SloAdapter& slos);

class AlertAdapter : public Domain {
    Q_OBJECT

public:
    AlertAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Those that fire first, then the ended ones, the newest first.
    const std::vector<slo::Alert>& alerts() const { return alerts_; }
    int firing() const;

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<slo::Alert> alerts_;
};

}  // namespace qd::app
