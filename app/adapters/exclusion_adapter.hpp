#pragma once
// Time that does not count, and faults that were put on the site: what is laid over an objective's curves.

#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "slo/exclusion.hpp"

namespace qd::app {

class ExclusionAdapter : public Domain {
    Q_OBJECT

public:
    ExclusionAdapter(OpsLink& link, QObject* parent = nullptr);
    /// The earliest begin first.
    const std::vector<slo::Exclusion>& exclusions() const { return exclusions_; }
    const slo::Exclusion* find(const QString& id) const;

    /// `done` gets {"exclusion": id}.
    void add(const slo::Exclusion& exclusion, Done done);
    void remove(const slo::ExclusionId& id, Done done);

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<slo::Exclusion> exclusions_;
};

class FaultAdapter : public Domain {
    Q_OBJECT

public:
    FaultAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Those that act, and those that have ended since opsd started.
    const std::vector<chaos::Fault>& faults() const { return faults_; }

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<chaos::Fault> faults_;
};

}  // namespace qd::app
