#pragma once
// Who is on call now, the coming two weeks, and the library of runbooks.

#include "app/models/oncall_models.hpp"
#include "app/pages/data_page.hpp"
#include "oncall/picture.hpp"

class QLabel;
class QVBoxLayout;

namespace qd::widgets {
class Card;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class RotaCard;
class RunbookView;

class OncallPage : public DataPage {
    Q_OBJECT

public:
    OncallPage(Session& session, QWidget* parent);
    QWidget* firstFocus() override;
    /// A runbook.
    bool open(const QString& id) override;

protected:
    void showData() override;

private:
    QWidget* makeShifts();
    QWidget* makeLibrary();
    void showRotas();
    void showProblems();
    void showRunbook(const QString& id);

    QVBoxLayout* problems_;
    QVBoxLayout* rotas_;
    QVector<RotaCard*> cards_;
    QStringList toldProblems_;
    widgets::Card* none_;
    widgets::Card* shiftsCard_;
    ShiftModel* shifts_;
    widgets::TableView* shiftTable_;
    RunbookModel* runbooks_;
    widgets::TableView* runbookTable_;
    RunbookView* view_;
    QString shownRunbook_;
    opsclient::RunbookEntry shownEntry_;
    Latest whole_;
};

}  // namespace qd::app
