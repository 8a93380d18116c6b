#include "app/pages/postmortems/section_editor.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QTextBlock>
#include <QVBoxLayout>
#include <algorithm>

#include "app/models/values.hpp"
#include "app/pages/postmortems/block_card.hpp"
#include "widgets/text/markdown_editor.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/confirm.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;
using Kind = SectionPart::Kind;

namespace {

constexpr int kMostLostLines = 12;  // of those that linking again would lose, told one by one

bool sameShape(const std::vector<SectionPart>& a, const std::vector<SectionPart>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SectionPart& x, const SectionPart& y) {
        return x.kind == y.kind && x.name == y.name;
    });
}

}  // namespace

SectionEditor::SectionEditor(const QString& id, QWidget* parent) : QWidget(parent), id_(id) {
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(0, 0, 0, space::lg);
    column_->setSpacing(space::sm);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::md);
    title_ = makeLabel({}, Type::Lead, Weight::Semibold, false, this);
    state_ = new StatusBadge(this);
    state_->setVisible(false);
    head->addWidget(title_);
    head->addStretch();
    head->addWidget(state_);
    column_->addLayout(head);
    guidance_ = makeMutedLabel({}, Type::Small, this);
    guidance_->setWordWrap(true);
    column_->addWidget(guidance_);
    notice_ = new InlineNotice(this);
    notice_->setVisible(false);
    column_->addWidget(notice_);
    connect(notice_, &InlineNotice::actionTriggered, this, [this] { emit choiceWanted(id_); });
}

void SectionEditor::show(const Shown& shown) {
    titleText_ = str(shown.section.title);
    title_->setText(titleText_);
    setAccessibleName(titleText_);
    guidance_->setText(str(shown.section.guidance));
    guidance_->setVisible(!shown.section.guidance.empty());
    state_->setVisible(shown.entry != nullptr);
    if (shown.entry)
        state_->setStatus(
            shown.entry->behind ? State::Warn : State::Neutral,
            shown.entry->behind ? QStringLiteral("Two texts") : QStringLiteral("Not saved yet"));
    showNotice(shown);
    readOnly_ = shown.readOnly;
    blocks_ = shown.view.blocks;
    journalVersion_ = shown.view.journal_version;
    showing_ = true;
    auto next = withRoom(splitSection(shown.text));
    const bool same = widgets_.size() == next.size() && sameShape(parts_, next);
    if (!same || joinParts(parts_) != shown.text) parts_ = std::move(next);
    if (!same) rebuild();
    for (std::size_t i = 0; i < parts_.size(); ++i) update(i);
    showing_ = false;
}

void SectionEditor::showNotice(const Shown& shown) {
    const bool behind = shown.entry && shown.entry->behind;
    const postmortems::SectionVersion* other = behind ? &shown.section.current
                                               : !shown.section.conflicts.empty()
                                                   ? &shown.section.conflicts.back()
                                                   : nullptr;
    notice_->setVisible(other != nullptr);
    if (!other) return;
    const QString who =
        QStringLiteral("%1 at %2").arg(str(other->author), formatClock(msOf(other->saved_at)));
    notice_->setNotice(
        {State::Warn,
         behind ? QStringLiteral("This section was changed by %1 while you were writing.").arg(who)
                : QStringLiteral("A text by %1 is kept beside this one.").arg(who),
         QStringLiteral("Both texts are kept; nothing is written over."),
         behind ? QStringLiteral("Yours is saved once you have chosen.") : QString(),
         QStringLiteral("See both"), false});
}

const postmortems::Block* SectionEditor::block(const QString& name) const {
    for (const postmortems::Block& block : blocks_)
        if (str(block.name) == name) return &block;
    return nullptr;
}

void SectionEditor::rebuild() {
    // What had the keyboard keeps it, as near as can be: the part after a block that was just typed.
    const bool hadFocus = isAncestorOf(focusWidget()) && focusWidget() && focusWidget()->hasFocus();
    for (QWidget* widget : widgets_) {
        column_->removeWidget(widget);
        widget->hide();
        widget->deleteLater();
    }
    widgets_.clear();
    fields_.assign(parts_.size(), nullptr);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        widgets_.push_back(parts_[i].kind == Kind::Text    ? makeField(i, this)
                           : parts_[i].kind == Kind::Block ? makeBlock(i)
                                                           : makeDetached(i));
        column_->addWidget(widgets_.back());
    }
    if (hadFocus && !fields_.empty() && fields_.back()) fields_.back()->setFocus();
}

QWidget* SectionEditor::makeField(std::size_t at, QWidget* parent) {
    auto* field = new MarkdownEditor(parent);
    field->setLeastLines(parts_[at].room ? 1 : 3);
    field->setAccessibleName(QStringLiteral("Text of %1").arg(titleText_));
    if (parts_.size() == 1) field->setPlaceholderText(QStringLiteral("Write here"));
    fields_[at] = field;
    connect(field, &QPlainTextEdit::textChanged, this, [this, at, field] {
        if (showing_) return;
        parts_[at].text = field->toPlainText();
        emit edited(id_, text());
    });
    connect(field, &MarkdownEditor::focused, this, [this, field] { emit fieldFocused(field, id_); });
    return field;
}

QWidget* SectionEditor::makeBlock(std::size_t at) {
    auto* card = new BlockCard(this);
    connect(card, &BlockCard::eventWanted, this, &SectionEditor::eventWanted);
    connect(card, &BlockCard::detachWanted, this, [this, at] { detach(at); });
    connect(card, &BlockCard::removeWanted, this, [this, at] {
        auto next = parts_;
        next.erase(next.begin() + std::ptrdiff_t(at));
        emit edited(id_, joinParts(next));
    });
    return card;
}

QWidget* SectionEditor::makeDetached(std::size_t at) {
    auto* card = new Card(this);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::sm);
    auto* source = makeMutedLabel({}, Type::Small, card);
    source->setObjectName(QStringLiteral("source"));
    source->setWordWrap(true);
    auto* relink = makeButton(QStringLiteral("Link again …"), ButtonKind::Quiet, card);
    relink->setObjectName(QStringLiteral("relink"));
    connect(relink, &QPushButton::clicked, this, [this, at] { askRelink(at); });
    head->addWidget(source, 1);
    head->addWidget(relink);
    card->body()->addLayout(head);
    card->body()->addWidget(makeField(at, card));
    return card;
}

void SectionEditor::update(std::size_t at) {
    const SectionPart& part = parts_[at];
    if (MarkdownEditor* field = fields_[at]) {
        field->setReadOnly(!readOnly_.isEmpty());
        field->setToolTip(readOnly_);
        field->replaceAll(part.text);
    }
    const postmortems::Block* now = block(part.name);
    if (part.kind == Kind::Block && now)
        static_cast<BlockCard*>(widgets_[at])->show(*now, journalVersion_, readOnly_);
    if (part.kind != Kind::Detached) return;
    const QString title = now ? str(now->title) : part.name;
    const bool movedOn = now && str(now->digest) != part.digest;
    auto* source = widgets_[at]->findChild<QLabel*>(QStringLiteral("source"));
    source->setText((movedOn ? QStringLiteral("%1, taken over at event %2. The journal has moved on since.")
                             : QStringLiteral("%1, taken over at event %2. The journal still says the same."))
                        .arg(title)
                        .arg(part.takenAt));
    static_cast<Card*>(widgets_[at])->setState(movedOn ? State::Warn : State::Neutral);
    setDisabledReason(widgets_[at]->findChild<QPushButton*>(QStringLiteral("relink")),
                      now ? readOnly_ : QStringLiteral("The journal has no such block any more"));
}

void SectionEditor::detach(std::size_t at) {
    const postmortems::Block* now = block(parts_[at].name);
    if (!now) return;
    // The fields follow once the draft has it.
    auto next = parts_;
    SectionPart& part = next[at];
    part.kind = Kind::Detached;
    part.text = str(now->markdown).trimmed();
    part.takenAt = journalVersion_;
    part.digest = str(now->digest);
    part.room = part.text.isEmpty();
    emit edited(id_, joinParts(next));
}

void SectionEditor::askRelink(std::size_t at) {
    const postmortems::Block* now = block(parts_[at].name);
    if (!now) return;
    const QStringList lost = linesOnlyIn(parts_[at].text, str(now->markdown));
    Confirmation question;
    question.title = QStringLiteral("Link \"%1\" to the journal again?").arg(str(now->title));
    question.statement = lost.isEmpty()
                             ? QStringLiteral("Nothing is lost: every line is in the journal's text too.")
                             : QStringLiteral(
                                   "The text follows the journal again. These %1 lines of yours go; "
                                   "the history keeps them:")
                                   .arg(lost.size());
    question.consequences = lost.mid(0, kMostLostLines);
    if (lost.size() > kMostLostLines)
        question.consequences << QStringLiteral("… and %1 more").arg(lost.size() - kMostLostLines);
    question.action = QStringLiteral("Link again");
    question.reasonRequired = false;
    auto* dialog = new ConfirmDialog(question, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QString name = parts_[at].name, text = parts_[at].text;
    connect(dialog, &ConfirmDialog::confirmed, this, [this, name, text] {
        // The section may have changed behind the dialog: only what was looked at goes.
        auto next = parts_;
        for (SectionPart& part : next)
            if (part.kind == Kind::Detached && part.name == name && part.text == text) {
                part = {.kind = Kind::Block, .name = name};
                emit edited(id_, joinParts(next));
                return;
            }
    });
    dialog->open();
}

void SectionEditor::focusLine(int line) {
    int first = 1;
    MarkdownEditor* chosen = nullptr;
    int within = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const SectionPart& part = parts_[i];
        if (part.kind == Kind::Detached) ++first;  // its opening mark
        const int lines = part.kind == Kind::Block           ? 1
                          : part.room && part.text.isEmpty() ? 0
                                                             : int(part.text.count(QLatin1Char('\n'))) + 1;
        if (fields_[i] && (!chosen || first <= line)) {
            chosen = fields_[i];
            within = std::clamp(line - first, 0, std::max(0, lines - 1));
        }
        first += lines + (part.kind == Kind::Detached ? 1 : 0);
    }
    if (!chosen) return;
    QTextCursor cursor(chosen->document()->findBlockByNumber(within));
    chosen->setTextCursor(cursor);
    chosen->setFocus(Qt::OtherFocusReason);
}

}  // namespace qd::app
