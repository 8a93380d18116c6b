#pragma once
// The site's feature flags, and what was changed on the site.

#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "opsclient/change.hpp"
#include "opsclient/flags.hpp"

namespace qd::app {

class FlagAdapter : public Domain {
    Q_OBJECT

public:
    FlagAdapter(OpsLink& link, QObject* parent = nullptr);
    /// By key, with the processes that evaluate them.
    const opsclient::FlagList& list() const { return list_; }
    const opsclient::FlagView* find(const QString& key) const;

    /// The one that the page has chosen, and its history as it was read last; empty while it is not known.
    const QString& chosen() const { return chosen_; }
    void choose(const QString& key);
    const std::vector<opsclient::FlagChange>& history() const { return history_; }

    /// Out of service, or back. `done` gets {"flag": key, "message": how far it has come}.
    void switchTo(bool enabled, const QString& key, const QString& reason,
                  std::optional<std::uint64_t> expected, Done done);

protected:
    void fetch() override;

private:
    void readHistory();

    OpsLink& link_;
    opsclient::FlagList list_;
    QString chosen_;
    std::vector<opsclient::FlagChange> history_;
    Latest latestHistory_;
};

/// Deployments, configuration and flags, the newest first.
class ChangeAdapter : public Domain {
    Q_OBJECT

public:
    ChangeAdapter(OpsLink& link, QObject* parent = nullptr);
    const std::vector<opsclient::Change>& changes() const { return changes_; }

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<opsclient::Change> changes_;
};

}  // namespace qd::app
