#pragma once
// The titles: upload by button or drop, progress, and delete.

#include "app/models/site_models.hpp"
#include "app/pages/data_page.hpp"
#include "app/pages/incidents/incident_actions.hpp"

class QSortFilterProxyModel;
class QVBoxLayout;

namespace qd::widgets {
class Card;
class FilterField;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class CatalogPage : public DataPage {
    Q_OBJECT

public:
    CatalogPage(Session& session, QWidget* parent);
    QWidget* filterField() override;
    QWidget* firstFocus() override;
    bool open(const QString& id) override;

protected:
    void showData() override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* makeTable();
    void showUploads();

    TitleModel* model_;
    QSortFilterProxyModel* proxy_;
    widgets::TableView* table_;
    widgets::FilterField* filter_;
    widgets::Card* uploads_;
    QVBoxLayout* uploadRows_;
    QHash<quint64, QWidget*> shownUploads_;
    bool dropping_ = false;
};

/// catalog.upload {file, title}, catalog.delete {id}, catalog.play {id}.
void addCatalogActions(Session& session, DialogParent parent);

}  // namespace qd::app
