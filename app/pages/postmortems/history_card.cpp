#include "app/pages/postmortems/history_card.hpp"

#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kVersionHeight = 220;

/// Only texts of sections have something to open; steps of the review say all in their row.
bool hasText(const postmortems::HistoryEntry& entry) {
    return entry.kind == "section";
}

}  // namespace

HistoryCard::HistoryCard(Session& session, QWidget* parent)
    : Card(QStringLiteral("History"), parent), session_(session) {
    model_ = new HistoryModel(this);
    table_ = new TableView(this);
    table_->setModel(model_);
    table_->setColumnLayout({170, 0, 150});
    table_->setAccessibleName(QStringLiteral("History"));
    table_->setFitRows(8);
    body()->addWidget(table_);
    head_ = makeMutedLabel(QStringLiteral("Enter opens the text of a saved version."), Type::Small, this);
    head_->setWordWrap(true);
    text_ = new QPlainTextEdit(this);
    text_->setReadOnly(true);
    text_->setTabChangesFocus(true);
    text_->setFont(textFont(Type::Small));
    text_->setFixedHeight(kVersionHeight);
    text_->setAccessibleName(QStringLiteral("Text of the version"));
    text_->hide();
    body()->addWidget(head_);
    body()->addWidget(text_);
    connect(table_, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        if (const postmortems::HistoryEntry* entry = model_->row(index.row())) openVersion(*entry);
    });
}

void HistoryCard::showText(const QString& head, const QString& text) {
    head_->setText(head);
    text_->setPlainText(text);
    text_->setVisible(!text.isEmpty());
}

void HistoryCard::openVersion(const postmortems::HistoryEntry& entry) {
    if (!hasText(entry))
        return showText(QStringLiteral("This step changed no text: its row says all there is."), {});
    const QString incident = session_.postmortem().incident();
    session_.postmortem().version(entry.seq, [this,
                                              incident](core::Result<postmortems::HistoryEntry> version) {
        if (incident != session_.postmortem().incident()) return;
        if (!version)
            return showText(
                QStringLiteral("The version could not be read: %1").arg(str(version.error().message)), {});
        const QString head =
            QStringLiteral("Version %1, %2, %3%4")
                .arg(version->seq)
                .arg(str(version->actor), formatClock(msOf(version->at)),
                     version->conflict ? QStringLiteral(", kept beside: it did not come into effect")
                                       : QString());
        showText(version->text.empty() ? head + QStringLiteral(": the section was emptied") : head,
                 str(version->text));
    });
}

void HistoryCard::show(const postmortems::View& view) {
    const QString wanted =
        QStringLiteral("%1 %2").arg(str(view.draft.incident.value)).arg(view.draft.version);
    if (wanted == shownFor_ || !isVisible()) return;
    if (shownFor_.section(' ', 0, 0) != str(view.draft.incident.value))
        showText(QStringLiteral("Enter opens the text of a saved version."), {});
    shownFor_ = wanted;
    session_.postmortem().history([this](core::Result<std::vector<postmortems::HistoryEntry>> entries) {
        if (!entries) {
            shownFor_.clear();  // asked for again when something changes
            model_->update({});
            table_->setEmptyContent(Icon::Warning, QStringLiteral("The history could not be read"),
                                    str(entries.error().message));
            return;
        }
        table_->setEmptyContent(Icon::Clock, QStringLiteral("Nothing was saved or decided yet"));
        model_->update(std::move(*entries));
    });
}

}  // namespace qd::app
