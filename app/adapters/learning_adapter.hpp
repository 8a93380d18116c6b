#pragma once
// What the past of all incidents teaches, for the range and filters that are chosen.

#include <functional>
#include <optional>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "learning/report.hpp"

namespace qd::app {

class LearningAdapter : public Domain {
    Q_OBJECT

public:
    struct Filter {
        int days = 30;
        std::string service;  // empty: all
        std::optional<incidents::Severity> severity;

        bool operator==(const Filter&) const = default;
    };

    explicit LearningAdapter(OpsLink& link, QObject* parent = nullptr);

    const Filter& filter() const { return filter_; }
    /// What was read for another filter is dropped.
    void setFilter(const Filter& filter);
    /// Nothing until the answer for the present filter is there.
    const std::optional<learning::Report>& report() const { return report_; }
    /// The intervals behind the figures, as a table.
    void readTable(std::function<void(core::Result<std::string>)> done);

protected:
    void fetch() override;

private:
    learning::Query query() const;

    OpsLink& link_;
    Filter filter_;
    std::optional<learning::Report> report_;
};

}  // namespace qd::app
