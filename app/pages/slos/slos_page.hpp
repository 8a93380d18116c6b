#pragma once
// Objectives: the list, and the one that is chosen in full.

#include "app/models/slo_model.hpp"
#include "app/pages/data_page.hpp"

class QSortFilterProxyModel;

namespace qd::widgets {
class FilterField;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class SloDetail;

class SlosPage : public DataPage {
    Q_OBJECT

public:
    SlosPage(Session& session, QWidget* parent);
    QWidget* filterField() override;
    QWidget* firstFocus() override;
    bool open(const QString& id) override;
    bool hasData() const override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;

private:
    QWidget* makeList();
    void select(const QString& id);
    void chooseFirst();

    SloModel* model_;
    QSortFilterProxyModel* proxy_;
    widgets::TableView* table_;
    widgets::FilterField* filter_;
    SloDetail* detail_;
};

}  // namespace qd::app
