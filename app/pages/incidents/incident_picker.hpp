#pragma once
// Chooses one incident of all that the site has, and says what will be done with it before it is done.

#include <QDialog>
#include <functional>
#include <vector>

#include "app/adapters/async.hpp"
#include "incidents/incident.hpp"
#include "widgets/theme/buttons.hpp"

class QLabel;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace qd::widgets {
class FilterField;
}

namespace qd::app {

class Session;

struct PickQuestion {
    QString title;
    QString action;
    widgets::ButtonKind kind = widgets::ButtonKind::Primary;
    QStringList without;  // ids that cannot be meant
    /// Exactly what will happen, once this one is chosen.
    std::function<QString(const incidents::Incident&)> effect;
    /// Why this one cannot be chosen; empty: it can.
    std::function<QString(const incidents::Incident&)> refusal;
};

class IncidentPicker : public QDialog {
    Q_OBJECT

public:
    IncidentPicker(Session& session, PickQuestion question, QWidget* parent);

signals:
    void picked(const QString& id, const QString& reason);

private:
    void search();
    void show(const std::vector<incidents::Incident>& found, std::size_t total);
    const incidents::Incident* chosen() const;
    void showEffect();

    Session& session_;
    PickQuestion question_;
    Latest latest_;
    std::vector<incidents::Incident> found_;
    widgets::FilterField* filter_;
    QListWidget* list_;
    QLabel* count_;
    QPlainTextEdit* reason_;
    QLabel* effect_;
    QLabel* missing_;  // what is still to be said before it can be sent
    QPushButton* action_;
};

}  // namespace qd::app
