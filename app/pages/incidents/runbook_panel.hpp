#pragma once
// The runbooks of one incident: those that apply first, with the reason; their steps, what has been done of
// them, and the running of them. It stays beside the console, which can be used meanwhile.

#include <QDialog>
#include <QPointer>
#include <QVector>

#include "app/adapters/runbook_adapter.hpp"
#include "app/models/oncall_models.hpp"
#include "app/pages/incidents/incident_actions.hpp"

class QLabel;
class QScrollArea;

namespace qd::widgets {
class InlineNotice;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class RunbookStepCard;
class Session;

class RunbookPanel : public QDialog {
    Q_OBJECT

public:
    RunbookPanel(Session& session, const QString& incident, QWidget* parent);

    const QString& incident() const { return incident_; }
    GuideAdapter& guides() { return guides_; }

private:
    void refresh();
    void showGuide();
    void showNotice(bool good, const QString& what, const QString& text);
    /// Asks opsd what would be sent, shows it, and runs it once it is confirmed.
    void prepare(const runbooks::Runbook& runbook, const runbooks::Step& step, const QString& outcome);
    void confirm(const runbooks::RunbookId& runbook, const runbooks::Step& step, const QString& outcome,
                 const runbooks::RunAnswer& would);
    void run(const runbooks::RunbookId& runbook, const runbooks::Step& step, const QString& outcome,
             const QString& reason);
    void follow(const runbooks::Step& step);

    Session& session_;
    const QString incident_;
    GuideAdapter guides_;
    GuideModel* model_;
    widgets::TableView* table_;
    widgets::InlineNotice* notice_;
    QLabel* title_;
    QLabel* why_;
    QScrollArea* scroll_;
    QPointer<QWidget> content_;
    QVector<RunbookStepCard*> cards_;
    runbooks::Runbook built_;
    QString chosen_;
};

/// incident.runbook {incident}: opens the panel.
void addRunbookActions(Session& session, DialogParent parent);

}  // namespace qd::app
