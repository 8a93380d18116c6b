#pragma once
// What happened to a post-mortem so far; a saved version opens with its text.

#include "app/models/postmortem_models.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;
class QPlainTextEdit;

namespace qd::widgets {
class TableView;
}

namespace qd::app {

class Session;

class HistoryCard : public widgets::Card {
    Q_OBJECT

public:
    HistoryCard(Session& session, QWidget* parent);
    /// Reads it anew when the document has changed, while it is on screen.
    void show(const postmortems::View& view);

private:
    void openVersion(const postmortems::HistoryEntry& entry);
    void showText(const QString& head, const QString& text);

    Session& session_;
    HistoryModel* model_;
    widgets::TableView* table_;
    QLabel* head_;
    QPlainTextEdit* text_;
    QString shownFor_;  // what the history on screen was read for
};

}  // namespace qd::app
