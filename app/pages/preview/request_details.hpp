#pragma once
// One request of the player in full, and what the site's processes wrote about that very request.

#include <QPair>
#include <QVector>
#include <QWidget>
#include <optional>

#include "app/adapters/async.hpp"
#include "app/models/fetch_model.hpp"
#include "opsclient/request_log.hpp"

class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace qd::app {

class Session;

/// Name and value; "–" for what is not known. Pure.
QVector<QPair<QString, QString>> requestLines(const FetchRow& row);
/// Spans, then lines, in order of time; says when the search stopped early or found nothing. Pure.
QString requestLogText(const opsclient::RequestLog& log);

class RequestDetails : public QWidget {
    Q_OBJECT

public:
    RequestDetails(Session& session, QWidget* parent);

    void showRow(const std::optional<FetchRow>& row);
    QPushButton* logButton() const { return ask_; }
    QPlainTextEdit* logText() const { return log_; }

private:
    void readLog();

    Session& session_;
    std::optional<FetchRow> row_;
    QLabel* none_;
    QWidget* form_;
    QFormLayout* lines_;
    QVector<QLabel*> names_, values_;
    QPushButton* ask_;
    QPlainTextEdit* log_;
    Latest latest_;
};

}  // namespace qd::app
