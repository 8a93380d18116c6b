#pragma once
// Feature flags: what is served to whom, how far the last change has come, and the kill switch.

#include "app/pages/data_page.hpp"

class QLabel;
class QSortFilterProxyModel;

namespace qd::widgets {
class Card;
class FilterField;
class InlineNotice;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class FlagHistoryModel;
class FlagModel;

class FlagsPage : public DataPage {
    Q_OBJECT

public:
    FlagsPage(Session& session, QWidget* parent);
    QWidget* filterField() override;
    QWidget* firstFocus() override;
    /// A flag's key.
    bool open(const QString& id) override;

protected:
    void showData() override;
    void shown() override;

private:
    QWidget* makeList();
    QWidget* makeDetail();
    void choose();
    void showChosen();
    void showProcesses();

    FlagModel* flags_;
    FlagHistoryModel* history_;
    QSortFilterProxyModel* shownFlags_;
    widgets::TableView* flagTable_;
    widgets::TableView* historyTable_;
    widgets::FilterField* filter_;
    widgets::InlineNotice* behind_;
    widgets::Card* detail_;
    QLabel* facts_;
    QLabel* reach_;
};

}  // namespace qd::app
