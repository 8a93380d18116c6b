#pragma once
// One section of a post-mortem: what belongs here, the text as fields to write in, and the journal's blocks
// between them.

#include <QVector>
#include <QWidget>
#include <vector>

#include "app/adapters/draft_book.hpp"
#include "app/models/section_parts.hpp"
#include "postmortems/view.hpp"

class QLabel;
class QVBoxLayout;

namespace qd::widgets {
class InlineNotice;
class MarkdownEditor;
class StatusBadge;
}  // namespace qd::widgets

namespace qd::app {

class SectionEditor : public QWidget {
    Q_OBJECT

public:
    struct Shown {
        const postmortems::View& view;
        const postmortems::Section& section;
        QString text;                   // to be shown: mine where I write
        const DraftBook::Entry* entry;  // nullptr: it is in effect
        QString readOnly;               // why nothing can be changed; empty: it can
    };

    explicit SectionEditor(const QString& id, QWidget* parent = nullptr);
    void show(const Shown& shown);
    const QString& id() const { return id_; }
    const QString& title() const { return titleText_; }
    QString text() const { return joinParts(parts_); }
    /// Gives the keyboard to the field that holds this line (1, 2, …) of the section's text; 0: the first.
    void focusLine(int line);

signals:
    void edited(const QString& id, const QString& text);
    void fieldFocused(qd::widgets::MarkdownEditor* field, const QString& id);
    void eventWanted(quint64 seq);
    /// Another text is in effect, or kept beside: a person has to look at both.
    void choiceWanted(const QString& id);

private:
    void rebuild();
    void update(std::size_t at);
    QWidget* makeField(std::size_t at, QWidget* parent);
    QWidget* makeBlock(std::size_t at);
    QWidget* makeDetached(std::size_t at);
    void detach(std::size_t at);
    void askRelink(std::size_t at);
    const postmortems::Block* block(const QString& name) const;
    void showNotice(const Shown& shown);

    QString id_;
    QString titleText_;
    QString readOnly_;
    std::vector<SectionPart> parts_;
    std::vector<postmortems::Block> blocks_;
    std::uint64_t journalVersion_ = 0;
    std::vector<QWidget*> widgets_;                 // one for each part
    std::vector<widgets::MarkdownEditor*> fields_;  // null for a block
    QLabel* title_;
    QLabel* guidance_;
    widgets::StatusBadge* state_;
    widgets::InlineNotice* notice_;
    QVBoxLayout* column_;
    bool showing_ = false;
};

}  // namespace qd::app
