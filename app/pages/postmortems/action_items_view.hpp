#pragma once
// The action items of all incidents: what is late first.

#include <QWidget>

#include "app/models/action_models.hpp"

class QComboBox;
class QLabel;
class QSortFilterProxyModel;

namespace qd::widgets {
class FilterField;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class ActionItemsView : public QWidget {
    Q_OBJECT

public:
    ActionItemsView(Session& session, QWidget* parent);
    void show();
    bool select(const QString& id);
    QWidget* filterField() const;
    QWidget* table() const;

private:
    Session& session_;
    ActionItemModel* model_;
    QSortFilterProxyModel* proxy_;
    widgets::FilterField* filter_;
    widgets::TableView* table_;
    QComboBox* which_;
    QLabel* counts_;
};

}  // namespace qd::app
