#pragma once
// The sections of a post-mortem to write in, with the document they make beside them.

#include <QPointer>
#include <QTimer>
#include <QWidget>
#include <map>

#include "app/shell/postmortem_focus.hpp"
#include "postmortems/requests.hpp"

class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace qd::widgets {
class MarkdownEditor;
class StatusBadge;
}  // namespace qd::widgets

namespace qd::app {

class DraftDocument;
class PreviewPane;
class SectionEditor;
class Session;

class EditPane : public QWidget {
    Q_OBJECT

public:
    EditPane(Session& session, QWidget* parent);
    /// What the adapters have now.
    void show();
    /// Gives the keyboard to a section, by id or title, at a line of its text.
    void goTo(const QString& section, int line);
    void setPreviewVisible(bool visible);
    bool isPreviewVisible() const;
    SectionEditor* section(const QString& id) const;
    PreviewPane* preview() const { return preview_; }

signals:
    void choiceWanted(const QString& section);

private:
    QWidget* makeTools();
    SectionEditor* makeSection(const QString& id);
    void followDraft();
    void showStatus();
    void askPreview();
    void keepInStep();
    void apply(PostmortemFocus::Deed deed, const QString& text);
    QString readOnly() const;

    Session& session_;
    QScrollArea* scroll_;
    QVBoxLayout* column_;
    PreviewPane* preview_;
    QWidget* previewCard_;
    QLabel* previewProblem_;
    widgets::StatusBadge* status_;
    QLabel* detail_;
    std::map<QString, SectionEditor*> sections_;
    QStringList order_;
    QPointer<DraftDocument> document_;
    QPointer<widgets::MarkdownEditor> field_;
    QTimer previewSoon_;
    /// What the preview on screen, or on its way, was made from.
    struct Asked {
        QString incident;
        postmortems::PreviewRequest request;
        std::uint64_t version = 0;
        std::uint64_t journal = 0;

        bool operator==(const Asked&) const = default;
    };
    Asked asked_;
    QString shownFor_;
};

}  // namespace qd::app
