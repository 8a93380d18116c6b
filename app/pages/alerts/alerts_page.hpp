#pragma once
// Alerts of every source, and what keeps them quiet.

#include "app/pages/data_page.hpp"

class QSortFilterProxyModel;

namespace qd::widgets {
class FilterField;
class InlineNotice;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class SeenAlertModel;
class SilenceModel;

class AlertsPage : public DataPage {
    Q_OBJECT

public:
    AlertsPage(Session& session, QWidget* parent);
    QWidget* filterField() override;
    QWidget* firstFocus() override;
    bool hasData() const override;
    /// An alert's id, or a silence as "source/id".
    bool open(const QString& id) override;

protected:
    void showData() override;
    void shown() override;

private:
    QWidget* makeAlerts();
    QWidget* makeSilences();
    void showUnreadable();
    void choose();

    SeenAlertModel* alerts_;
    SilenceModel* silences_;
    QSortFilterProxyModel* shownAlerts_;
    QSortFilterProxyModel* shownSilences_;
    widgets::TableView* alertTable_;
    widgets::TableView* silenceTable_;
    widgets::FilterField* filter_;
    widgets::InlineNotice* unreadable_;
};

}  // namespace qd::app
