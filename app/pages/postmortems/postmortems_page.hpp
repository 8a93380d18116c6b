#pragma once
// Post-mortems to write, review and publish, and the action items of all of them.

#include "app/models/postmortem_models.hpp"
#include "app/pages/data_page.hpp"
#include "app/pages/incidents/incident_actions.hpp"
#include "app/shell/postmortem_focus.hpp"

class QLabel;
class QStackedWidget;
class QTabBar;

namespace qd::widgets {
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class ActionItemsView;
class ActionsPane;
class EditPane;
class ReviewPane;

class PostmortemsPage : public DataPage {
    Q_OBJECT

public:
    PostmortemsPage(Session& session, QWidget* parent);
    /// An incident's id, or an action item's ("AI-7").
    bool open(const QString& id) override;
    QWidget* filterField() override;
    QWidget* firstFocus() override;

protected:
    void showData() override;
    void hidden() override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeList();
    QWidget* makeDocument();
    void choose(const QString& id);
    void showPane(PostmortemFocus::Pane pane);
    void showDocument();

    QTabBar* tabs_;
    QStackedWidget* stack_;
    QTabBar* paneTabs_;
    QStackedWidget* panes_;
    PostmortemModel* model_;
    widgets::TableView* table_;
    QLabel* title_;
    widgets::StatusBadge* state_;
    EditPane* edit_;
    ReviewPane* review_;
    ActionsPane* actions_;
    ActionItemsView* items_;
};

/// postmortem.*: the document, its review and its export.
void addPostmortemActions(Session& session, DialogParent parent);
/// postmortem.bold and the like: what the keys do in the field that has them.
void addWritingActions(Session& session, DialogParent parent);
/// postmortem.submit, .reviewed, .publish, .back, .ask_reviewer, .verdict, .comment, .resolve_comment.
void addReviewActions(Session& session, DialogParent parent);
/// postmortem.event {event}.
void addEventLink(Session& session, DialogParent parent);
/// postmortem.add_factor, .remove_factor.
void addFactorActions(Session& session, DialogParent parent);
/// action_item.*, postmortem.accept_action and .decline_action.
void addActionItemActions(Session& session, DialogParent parent);

}  // namespace qd::app
