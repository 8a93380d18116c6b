#pragma once
// All alerts with what keeps them quiet, and silences: ours and those of Alertmanagers.

#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "silences/alert.hpp"

namespace qd::app {

/// Alerts of every source.
class SeenAlertAdapter : public Domain {
    Q_OBJECT

public:
    SeenAlertAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Those that fire first, then the ended ones, the newest first.
    const std::vector<silences::Alert>& alerts() const { return alerts_; }
    const silences::Alert* find(const QString& id) const;

    /// The one that the page has chosen, so that actions know which is meant.
    const QString& chosen() const { return chosen_; }
    void choose(const QString& id) { chosen_ = id; }

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<silences::Alert> alerts_;
    QString chosen_;
};

/// "source/id": ids are unique within their source only.
QString keyOf(const silences::Silence& silence);

class SilenceAdapter : public Domain {
    Q_OBJECT

public:
    SilenceAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Active ones first.
    const std::vector<silences::ListedSilence>& listed() const { return silences_; }
    const silences::ListedSilence* find(const QString& key) const;
    /// Where silences can be beside our own, and which of them cannot be read.
    const std::vector<opsclient::Alertmanager>& alertmanagers() const { return alertmanagers_; }

    const QString& chosen() const { return chosen_; }
    void choose(const QString& key) { chosen_ = key; }

    /// `done` gets {"silence": key}.
    void create(const silences::NewSilence& silence, Done done);
    void extend(const QString& key, std::chrono::seconds longer, const QString& reason, Done done);
    void expire(const QString& key, const QString& reason, Done done);

protected:
    void fetch() override;

private:
    std::function<void(core::Result<silences::ListedSilence>)> answer(Done done);

    OpsLink& link_;
    std::vector<silences::ListedSilence> silences_;
    std::vector<opsclient::Alertmanager> alertmanagers_;
    QString chosen_;
};

}  // namespace qd::app
