#pragma once
// The question before an action on a rollout: exactly what will be sent, what comes of it, and why it is
// done. Nothing is sent before the confirmation, and of what is not urgent nothing before a countdown has run
// out.

#include <QDialog>
#include <QStringList>
#include <QTimer>
#include <functional>
#include <optional>

#include "app/shell/actions.hpp"
#include "rollouts/action_preview.hpp"
#include "widgets/theme/buttons.hpp"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace qd::widgets {
class InlineNotice;
}

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

class RolloutActionDialog : public QDialog {
    Q_OBJECT

public:
    RolloutActionDialog(RolloutQuestion question, QWidget* parent);

    /// 5 of 1,000 ms unless told otherwise.
    void setCountdown(int ticks, int tickMs);
    void reject() override;  // while the countdown runs it only stops that

    static RolloutActionDialog* ask(RolloutQuestion question, QWidget* parent);

private:
    enum class Stage { reading, unread, ready, counting, sending, done };

    RolloutAnswer answer() const;
    void readPreview();
    void showPreview(const core::Result<rollouts::ActionPreview>& preview);
    void refresh();
    QString missing() const;
    void confirm();
    void tick();
    void send();
    void told(const Outcome& outcome);
    void overtaken(const QString& message);

    RolloutQuestion question_;
    Stage stage_ = Stage::reading;
    std::optional<rollouts::ActionPreview> preview_;
    int ticks_ = 5, left_ = 0;
    QTimer timer_;
    widgets::InlineNotice* news_;      // loading, an error, what moved, the outcome
    widgets::InlineNotice* standing_;  // a refusal or a freeze
    QLabel* effects_;
    QLabel* sentLabel_;
    QLabel* reasonLabel_;
    QPlainTextEdit* sent_;
    QComboBox* versions_ = nullptr;
    QComboBox* scopes_ = nullptr;
    int asked_ = 0;  // previews; only the newest one's answer counts
    QLineEdit* reason_;
    QCheckBox* override_;
    QLabel* hint_;
    QPushButton* cancel_;
    QPushButton* submit_;
};

}  // namespace qd::app
