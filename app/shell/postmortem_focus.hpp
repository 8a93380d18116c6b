#pragma once
// What of the post-mortem page an action without parameters is about, and what actions want of it.

#include <QObject>
#include <QString>

namespace qd::app {

/// UI thread.
class PostmortemFocus : public QObject {
    Q_OBJECT

public:
    enum class Pane { Edit, Review, Actions, Items, Preview };
    enum class Deed { Bold, Italic, List, Link, Insert };

    using QObject::QObject;
    const QString& section() const { return section_; }
    quint64 comment() const { return comment_; }
    const QString& proposal() const { return proposal_; }
    const QString& item() const { return item_; }
    bool isWriting() const { return writing_; }
    void setSection(const QString& id) { set(section_, id); }
    void setComment(quint64 id) { set(comment_, id); }
    void setProposal(const QString& key) { set(proposal_, key); }
    void setItem(const QString& id) { set(item_, id); }
    /// Whether a text field of the draft can take a deed.
    void setWriting(bool writing) { set(writing_, writing); }

    void want(Pane pane) { emit paneWanted(pane); }
    void want(Deed deed, const QString& text = {}) { emit deedWanted(deed, text); }

signals:
    void changed();
    void paneWanted(qd::app::PostmortemFocus::Pane pane);
    void deedWanted(qd::app::PostmortemFocus::Deed deed, const QString& text);

private:
    template <class T>
    void set(T& held, const T& next) {
        if (held == next) return;
        held = next;
        emit changed();
    }

    QString section_;
    quint64 comment_ = 0;
    QString proposal_;
    QString item_;
    bool writing_ = false;
};

}  // namespace qd::app
