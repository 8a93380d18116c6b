#pragma once
// Post-mortems as compiled from the journal, to be read and saved.

#include "app/models/operations_models.hpp"
#include "app/pages/data_page.hpp"
#include "app/pages/incidents/incident_actions.hpp"

class QTextBrowser;

namespace qd::widgets {
class TableView;
}

namespace qd::app {

class PostmortemsPage : public DataPage {
    Q_OBJECT

public:
    PostmortemsPage(Session& session, QWidget* parent);
    bool open(const QString& id) override;

protected:
    void showData() override;

private:
    void showDocument();

    IncidentModel* model_;
    widgets::TableView* table_;
    QTextBrowser* browser_;
    QString shownHtml_;
    QString shownFor_;
};

/// postmortem.save {incident, format: md|pdf|html|json, file}.
void addPostmortemActions(Session& session, DialogParent parent);

}  // namespace qd::app
