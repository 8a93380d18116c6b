#pragma once
// A new rollout: on the left which way suits, and a form; on the right the specification itself, with what is
// wrong in it by line. Form and text are one document, of which the text is what counts.

#include <QDialog>
#include <functional>

#include "app/pages/rollouts/new_rollout/specification_draft.hpp"
#include "app/pages/rollouts/new_rollout/start_dialog.hpp"
#include "rollouts/advice.hpp"

class QLabel;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace qd::widgets {
class InlineNotice;
struct Notice;
}  // namespace qd::widgets

namespace qd::app {

class AdvicePanel;
class TargetForm;
class YamlEditor;

struct NewRollout {
    QString version;  // suggested
    QString site;
    QString frozen;  // see StartQuestion
    std::function<void(const StartText&, Done)> send;
};

class NewRolloutDialog : public QDialog {
    Q_OBJECT

public:
    /// `executor` reads and writes files and outlives this.
    NewRolloutDialog(NewRollout wanted, core::Executor& executor, QWidget* parent);

    const SpecificationDraft& draft() const { return draft_; }
    /// Why rollouts are frozen, once that is known; empty: they are not.
    void setFrozen(const QString& why) { wanted_.frozen = why; }
    void openFile(const QString& file);
    void saveFile(const QString& file);
    /// Asks once more when what was typed has not been saved.
    void reject() override;

signals:
    void fileOpened(const QString& file);
    void fileSaved(const QString& file);

private:
    QWidget* makeLeft();
    QWidget* makeRight();
    QWidget* makeFoot();
    void fill(rollouts::ReleaseWay way);
    void showReading();
    void say(const widgets::Notice& notice);
    void chooseFile(bool save);
    void start();

    NewRollout wanted_;
    core::Executor& executor_;
    SpecificationDraft draft_;
    QString kept_;  // the text as it was opened, saved or filled in
    bool isAskedAgain_ = false;
    AdvicePanel* advice_;
    TargetForm* form_;
    YamlEditor* editor_;
    QLabel* summary_;
    QListWidget* problems_;
    widgets::InlineNotice* news_;
    QPushButton* start_;
};

}  // namespace qd::app
