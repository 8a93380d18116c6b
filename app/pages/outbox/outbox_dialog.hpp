#pragma once
#include <QDialog>
#include <QTimer>

#include "app/models/outbox_model.hpp"

class QLabel;
class QPushButton;

namespace qd::widgets {
class AgeLabel;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class Session;

/// What goes out and what became of it; a failed message is tried again (R), one that is not wanted any more
/// is dropped (Delete).
class OutboxDialog : public QDialog {
    Q_OBJECT

public:
    OutboxDialog(Session& session, QWidget* parent);

private:
    void refresh();
    void showSelected();
    const opsclient::OutboxEntry* selected() const;
    void tryAgain();
    void askToDrop();
    void did(const QString& what, const core::Result<QVariantMap>& outcome);

    Session& session_;
    OutboxModel* model_;
    QLabel* summary_;
    widgets::AgeLabel* age_;
    widgets::TableView* table_;
    QLabel* detail_;
    QPushButton* retry_;
    QPushButton* drop_;
    QTimer tick_;
};

}  // namespace qd::app
