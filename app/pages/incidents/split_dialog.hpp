#pragma once
// Takes alerts and events out of an incident that turned out to be two.

#include <QDialog>
#include <vector>

#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "incidents/requests.hpp"

class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace qd::app {

class SplitDialog : public QDialog {
    Q_OBJECT

public:
    /// `events` as they are to be read (incidents::effective).
    SplitDialog(const incidents::Incident& incident, const std::vector<incidents::Event>& events,
                QWidget* parent);

signals:
    void submitted(const qd::incidents::SplitRequest& request);

private:
    QListWidget* makeChoices(const QString& name);
    incidents::SplitRequest request() const;
    void showEffect();

    QString id_, service_;
    QLineEdit* title_ = nullptr;
    QLineEdit* serviceField_;
    QListWidget* alerts_;
    QListWidget* events_;
    QPlainTextEdit* reason_;
    QLabel* effect_;
    QLabel* missing_ = nullptr;  // what is still to be said before it can be sent
    QPushButton* action_ = nullptr;
};

}  // namespace qd::app
