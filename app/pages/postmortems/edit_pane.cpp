#include "app/pages/postmortems/edit_pane.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/models/postmortem_models.hpp"
#include "app/models/values.hpp"
#include "app/pages/postmortems/preview_pane.hpp"
#include "app/pages/postmortems/section_editor.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/text/markdown_editor.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kPreviewAfterMs = 60;  // of rest; with opsd's answer and the layout it stays below 150 ms

State stateOf(DraftStatus::Phase phase) {
    switch (phase) {
        case DraftStatus::Phase::Saved:
            return State::Good;
        case DraftStatus::Phase::Resting:
            return State::Neutral;
        case DraftStatus::Phase::Saving:
            return State::Info;
        case DraftStatus::Phase::Unsaved:
        case DraftStatus::Phase::Choose:
            return State::Warn;
        case DraftStatus::Phase::Lost:
            return State::Bad;
    }
    return State::NoData;
}

}  // namespace

EditPane::EditPane(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(space::sm);
    whole->addWidget(makeTools());

    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    scroll_ = new QScrollArea(split);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->viewport()->setAutoFillBackground(false);
    auto* paper = new QWidget;
    column_ = new QVBoxLayout(paper);
    column_->setContentsMargins(0, 0, space::md, 0);
    column_->setSpacing(0);
    column_->addStretch();
    scroll_->setWidget(paper);
    paper->setAutoFillBackground(false);
    auto* card = new Card(split);
    previewCard_ = card;
    previewProblem_ = makeMutedLabel({}, Type::Small, card);
    previewProblem_->setWordWrap(true);
    previewProblem_->setVisible(false);
    preview_ = new PreviewPane(card);
    card->body()->addWidget(previewProblem_);
    card->body()->addWidget(preview_, 1);
    split->addWidget(scroll_);
    split->addWidget(card);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({540, 460});
    whole->addWidget(split, 1);

    previewSoon_.setSingleShot(true);
    previewSoon_.setInterval(kPreviewAfterMs);
    connect(&previewSoon_, &QTimer::timeout, this, &EditPane::askPreview);
    connect(scroll_->verticalScrollBar(), &QScrollBar::valueChanged, this, &EditPane::keepInStep);
    connect(&session.drafts(), &PostmortemDrafts::currentChanged, this, &EditPane::followDraft);
    connect(&session.postmortemFocus(), &PostmortemFocus::deedWanted, this, &EditPane::apply);
    followDraft();
}

QWidget* EditPane::makeTools() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::xs);
    const auto add = [&](const char* id, const char* text) {
        auto* button = new ActionButton(session_.actions(), QString::fromUtf8(id), ButtonKind::Quiet, bar,
                                        QString::fromUtf8(text));
        button->setFocusPolicy(Qt::NoFocus);  // the field keeps the keyboard
        row->addWidget(button);
    };
    add("postmortem.bold", "Bold");
    add("postmortem.list", "List");
    add("postmortem.link", "Link");
    add("postmortem.insert", "Insert …");
    add("postmortem.template", "Template …");
    detail_ = makeElidedLabel(Type::Small, bar);
    detail_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(detail_, 1);
    status_ = new StatusBadge(bar);
    row->addWidget(status_);
    return bar;
}

void EditPane::followDraft() {
    if (document_) disconnect(document_, nullptr, this, nullptr);
    document_ = session_.drafts().current();
    if (!document_) return;
    connect(document_, &DraftDocument::opened, this, &EditPane::show);
    connect(document_, &DraftDocument::statusChanged, this, [this] {
        showStatus();
        show();
    });
}

SectionEditor* EditPane::section(const QString& id) const {
    const auto at = sections_.find(id);
    return at == sections_.end() ? nullptr : at->second;
}

SectionEditor* EditPane::makeSection(const QString& id) {
    auto* editor = new SectionEditor(id, scroll_->widget());
    connect(editor, &SectionEditor::edited, this, [this](const QString& section, const QString& text) {
        if (document_) document_->edit(section.toStdString(), text);
        previewSoon_.start();
    });
    connect(editor, &SectionEditor::fieldFocused, this,
            [this](MarkdownEditor* field, const QString& section) {
                field_ = field;
                session_.postmortemFocus().setSection(section);
                session_.postmortemFocus().setWriting(!field->isReadOnly());
            });
    connect(editor, &SectionEditor::eventWanted, this, [this](quint64 seq) {
        session_.actions().invoke(QStringLiteral("postmortem.event"), {{QStringLiteral("event"), seq}});
    });
    connect(editor, &SectionEditor::choiceWanted, this, &EditPane::choiceWanted);
    return editor;
}

QString EditPane::readOnly() const {
    const postmortems::View* view = session_.postmortem().view();
    if (!view || !document_ || !document_->isOpen()) return QStringLiteral("It is being read");
    if (!postmortems::is_editable(view->draft.state))
        return QStringLiteral("It is %1: take it back to a draft to change it")
            .arg(wordOf(view->draft.state).text.toLower());
    return {};
}

void EditPane::show() {
    const postmortems::View* view = session_.postmortem().view();
    if (!view || !document_ || document_->incident() != session_.postmortem().incident()) return;
    const bool other = shownFor_ != document_->incident();
    shownFor_ = document_->incident();
    QStringList order;
    for (const postmortems::Section& section : view->draft.sections) order << str(section.id);
    if (other || order != order_) {
        for (auto& [id, editor] : sections_)
            if (other || !order.contains(id)) {
                column_->removeWidget(editor);
                editor->hide();
                editor->deleteLater();
                editor = nullptr;
            }
        std::erase_if(sections_, [](const auto& entry) { return !entry.second; });
        for (int i = 0; i < order.size(); ++i) {
            SectionEditor*& editor = sections_[order[i]];
            if (!editor) editor = makeSection(order[i]);
            column_->removeWidget(editor);
            column_->insertWidget(i, editor);
        }
        order_ = order;
    }
    const QString closed = readOnly();
    for (const postmortems::Section& section : view->draft.sections)
        sections_[str(section.id)]->show(
            {*view, section,
             document_->isOpen() ? document_->book().text(section.id) : str(section.current.text),
             document_->book().entry(section.id), closed});
    if (other) scroll_->verticalScrollBar()->setValue(0);
    showStatus();
    previewSoon_.start();
}

void EditPane::showStatus() {
    if (!document_) return;
    const DraftStatus told = document_->status();
    // A badge is as wide as its words, and words that come and go while somebody types must not push panes
    // about: the rest is told beside it, as far as there is room.
    const auto end = told.text.indexOf(QLatin1String(": "));
    status_->setStatus(stateOf(told.phase), told.text.left(end));
    status_->setToolTip(told.text);
    const bool isMore = end >= 0 && told.phase != DraftStatus::Phase::Resting;
    detail_->setText(isMore ? told.text.mid(end + 2) : QString());
    detail_->setToolTip(told.text);
}

void EditPane::askPreview() {
    if (!previewCard_->isVisible() || !document_) return;
    const postmortems::View* view = session_.postmortem().view();
    if (!view) return;
    postmortems::PreviewRequest request;
    for (const auto& [section, mine] : document_->book().entries())
        if (postmortems::find_section(view->draft, section))
            request.sections[section] = mine.text.toStdString();
    const Asked asking{shownFor_, request, view->draft.version, view->journal_version};
    if (asking == asked_) return;
    asked_ = asking;
    session_.postmortem().preview(request, [this](core::Result<std::string> html) {
        previewProblem_->setVisible(!html);
        if (!html) {
            asked_ = {};
            return previewProblem_->setText(
                QStringLiteral("The preview is as it was: %1").arg(str(html.error().message)));
        }
        preview_->showHtml(QString::fromStdString(*html));
        keepInStep();
    });
}

void EditPane::keepInStep() {
    const int top = scroll_->verticalScrollBar()->value();
    const int end = scroll_->verticalScrollBar()->maximum();
    for (qsizetype i = 0; i < order_.size(); ++i) {
        const SectionEditor* editor = section(order_[i]);
        if (!editor || editor->geometry().bottom() < top) continue;
        // At the very end the last section cannot reach the top: the document goes to its end too.
        const double part = end > 0 && top >= end && i + 1 < order_.size()
                                ? 1.0
                                : double(top - editor->y()) / std::max(1, editor->height());
        return preview_->follow(editor->title(), std::clamp(part, 0.0, 1.0));
    }
}

void EditPane::goTo(const QString& wanted, int line) {
    for (const QString& id : order_) {
        SectionEditor* editor = section(id);
        if (id != wanted && editor->title().compare(wanted, Qt::CaseInsensitive) != 0) continue;
        editor->focusLine(line);
        scroll_->verticalScrollBar()->setValue(editor->y());
        if (field_) scroll_->ensureWidgetVisible(field_);
        return;
    }
}

void EditPane::setPreviewVisible(bool visible) {
    previewCard_->setVisible(visible);
    if (visible) previewSoon_.start();
}

bool EditPane::isPreviewVisible() const {
    return previewCard_->isVisibleTo(const_cast<EditPane*>(this));
}

void EditPane::apply(PostmortemFocus::Deed deed, const QString& text) {
    if (!field_ || field_->isReadOnly()) return;
    switch (deed) {
        case PostmortemFocus::Deed::Bold:
            field_->toggleBold();
            break;
        case PostmortemFocus::Deed::Italic:
            field_->toggleItalic();
            break;
        case PostmortemFocus::Deed::List:
            field_->toggleList();
            break;
        case PostmortemFocus::Deed::Link:
            field_->insertLink(text);
            break;
        case PostmortemFocus::Deed::Insert:
            field_->insertText(text);
            break;
    }
    if (field_) field_->setFocus(Qt::OtherFocusReason);
}

}  // namespace qd::app
