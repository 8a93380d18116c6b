#pragma once
// Writing a status update: for whom, the exact text, and where it goes.

#include <QDialog>
#include <QHash>
#include <functional>
#include <optional>

#include "opsclient/comms.hpp"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace qd::app {

class Session;

/// incident.status_update takes `incident` (default: the one that is open on screen), `audience` (default:
/// stakeholders), `text` and `based_on`; status_update.open takes `id`, an incident, and opens the dialog for
/// it.
void addStatusUpdateActions(Session& session, std::function<QWidget*()> dialogParent);

/// The text begins as opsd's draft for the chosen audience. What was typed for another audience is kept.
class StatusUpdateDialog : public QDialog {
    Q_OBJECT

public:
    StatusUpdateDialog(Session& session, const QString& incident, QWidget* parent);

private:
    QString audience() const;
    void choose();
    void drafted(const QString& audience, const core::Result<opsclient::StatusDraft>& draft);
    void refresh();
    void send();

    Session& session_;
    const QString incident_;
    QHash<QString, opsclient::StatusDraft> drafts_;
    QHash<QString, QString> typed_;  // texts that a person changed
    QString shown_;                  // whose text stands in the editor
    QString problem_;
    QComboBox* audience_;
    QLabel* due_;
    QPlainTextEdit* text_;
    QLabel* goesTo_;
    QLabel* hint_;
    QPushButton* send_;
};

}  // namespace qd::app
