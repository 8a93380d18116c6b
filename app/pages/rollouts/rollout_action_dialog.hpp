#pragma once
// The question before an action on a rollout: exactly what will be sent, what comes of it, and why it is
// done. Nothing is sent before the confirmation, and of what is not urgent nothing before a countdown has run
// out.

#include <QStringList>
#include <functional>
#include <optional>

#include "app/pages/rollouts/send_dialog.hpp"
#include "app/shell/actions.hpp"
#include "rollouts/action_preview.hpp"

class QComboBox;

namespace qd::app {

struct RolloutAnswer {
    QString reason;
    bool overrideFreeze = false;
    QString version;                        // one of RolloutQuestion::versions
    int scope = 0;                          // index in RolloutQuestion::scopes
    std::optional<std::uint64_t> expected;  // the version that the preview was computed for
};

struct RolloutQuestion {
    using Read = std::function<void(core::Result<rollouts::ActionPreview>)>;

    QString title;   // "Abort now: v2?"
    QString action;  // on the button
    widgets::ButtonKind kind = widgets::ButtonKind::Primary;
    QString site;   // whose token says who did it
    QString actor;  // who that is, where it is known; empty: whomever the token is of
    bool needsReason = false;
    bool atOnce = false;   // no countdown, and no If-Match: it must not fail because numbers moved on
    QStringList versions;  // to choose from; empty: there is no choice
    QStringList scopes;    // whom it is done to, to choose from: "RO-3 alone", "all of its group"
    /// Called on the UI thread; again for another scope, and whenever an entry changes where there are
    /// versions.
    std::function<void(const RolloutAnswer&, Read)> read;
    std::function<void(const RolloutAnswer&, Done)> send;
    /// What has happened since, as sentences. May be empty.
    std::function<void(std::uint64_t since, std::function<void(QStringList)>)> moved;
};

class RolloutActionDialog : public SendDialog {
    Q_OBJECT

public:
    RolloutActionDialog(RolloutQuestion question, QWidget* parent);

    static RolloutActionDialog* ask(RolloutQuestion question, QWidget* parent);

private:
    QComboBox* addChoice(const QString& caption, const char* object, const QStringList& items);
    RolloutAnswer answer() const;
    void readPreview();
    void showPreview(const core::Result<rollouts::ActionPreview>& preview);
    QString missing() const override;
    bool atOnce() const override { return question_.atOnce; }
    void refresh() override;
    void send() override;
    void told(const Outcome& outcome);
    void overtaken(const QString& message);

    RolloutQuestion question_;
    std::optional<rollouts::ActionPreview> preview_;
    int asked_ = 0;  // previews; only the newest one's answer counts
    bool reading_ = false;
    QLabel* effects_;
    QLabel* sentLabel_;
    QLabel* reasonLabel_;
    QComboBox* versions_;  // null: no choice
    QComboBox* scopes_;
};

}  // namespace qd::app
